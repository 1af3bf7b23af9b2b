"""What runs inside each process of a cluster: join the group, and answer one call after another."""

from __future__ import annotations

import contextlib
import io
import socket
import traceback
from dataclasses import dataclass

import cloudpickle
import torch
import torch.distributed as dist

__all__ = ["Answer", "answer", "describe", "host_store", "join"]

_STORES: list[dist.TCPStore] = []  # rank 0 keeps the meeting place alive


@dataclass(frozen=True)
class Answer:
    """What one rank has to say: a pickled value, or the name, message and traceback of an error.

    `gone` says that there is no rank left to say it: its process ended.
    """

    value: bytes = b""
    printed: str = ""
    error: str = ""
    trace: str = ""
    gone: bool = False


def describe() -> tuple[str, int]:
    """Return the name of the host and how many NVIDIA GPUs it has."""
    return socket.gethostname(), torch.cuda.device_count()


def host_store(local: bool) -> tuple[str, int]:
    """Open the meeting place on this rank; return its address and port."""
    address = "127.0.0.1" if local else socket.gethostname()
    store = dist.TCPStore(address, 0, is_master=True, wait_for_workers=False)
    _STORES[:] = [store]
    return address, store.port


def join(rank: int, size: int, address: str, port: int, gpu: int | None) -> None:
    """Join the group as `rank` of `size`, in place of any group from before; with a GPU, use NCCL on it."""
    if dist.is_initialized():
        dist.destroy_process_group()
    store = _STORES[0] if rank == 0 else dist.TCPStore(address, port, is_master=False)
    if gpu is not None:
        torch.cuda.set_device(gpu)
    dist.init_process_group(
        "gloo" if gpu is None else "cpu:gloo,cuda:nccl",
        store=store,
        rank=rank,
        world_size=size,
    )


def answer(payload: bytes) -> Answer:
    """Unpickle a function with its arguments, call it, and return what came of it."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            function, args, kwargs = cloudpickle.loads(payload)
            value = function(*args, **kwargs)
        return Answer(value=cloudpickle.dumps(value), printed=printed.getvalue())
    except (Exception, SystemExit) as error:  # sys.exit() would read as if the process had died
        said = " ".join(str(error).split()) or "no message"
        return Answer(
            error=f"{type(error).__name__}: {said}", trace=traceback.format_exc(), printed=printed.getvalue()
        )
