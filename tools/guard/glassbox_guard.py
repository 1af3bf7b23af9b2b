"""What a tested notebook may not do: talk to another machine. It may tell what it used.

Only this folder is put on a kernel's path, as ``sitecustomize`` must be found by that name. An audit hook
sees every connection and name lookup that Python makes, cannot be removed again, and costs nothing elsewhere.
"""

from __future__ import annotations

import os
import sys

__all__ = ["block_network", "peak_bytes", "processor_seconds"]

CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKING_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}


def block_network() -> None:
    """Refuse for good connections to and lookups of other machines; note each try in GLASSBOX_GUARD."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple) -> None:
    if event in CONNECTING:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket has a path, not a host
    elif event in LOOKING_UP:
        host = arguments[0][0] if event == "socket.getnameinfo" else arguments[0]
    else:
        return
    if host is not None and not _is_here(host):
        _note(f"{event} {host}")
        raise ConnectionRefusedError(f"The network is blocked in tested notebooks: {event} of {host!r}.")


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    return name in ("", "localhost", "::1", "0.0.0.0", "::", _own_name()) or name.startswith("127.")


def _own_name() -> str:
    import socket

    return socket.gethostname()


def _note(line: str) -> None:
    path = os.environ.get("GLASSBOX_GUARD")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


def peak_bytes() -> int:
    """Return the largest resident memory of this process so far, in bytes."""
    try:  # on Linux, as ru_maxrss would include what the parent held before it started this process
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def processor_seconds() -> float:
    """Return the processor time of this process and its children so far, all cores together."""
    import psutil

    here = psutil.Process()
    times = [here.cpu_times(), *(child.cpu_times() for child in here.children(recursive=True))]
    ended = times[0].children_user + times[0].children_system
    return ended + sum(one.user + one.system for one in times)
