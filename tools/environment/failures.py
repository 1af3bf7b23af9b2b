"""Say in one sentence what went wrong in a set-up, from what pip or the system said."""

import re
import sys
from collections.abc import Sequence

__all__ = ["SetupError", "explain"]

# What to look for, in this order, and what it means.
SYMPTOMS = (
    (
        r"no space left|errno 28|errno 122|winerror 112|quota exceeded",
        "the disk is full ({line}): free some space.",
    ),
    (
        r"long path",
        "Windows refuses the long file names of PyTorch: enable long paths, or use a shorter folder.",
    ),
    (
        r"permission denied|errno 13|errno 30|winerror 5\b|winerror 32|access is denied|read-only file",
        "a file may not be written ({line}): check who owns the folder and which programs use .venv.",
    ),
    (
        r"certificate_verify_failed|sslerror",
        "the connection to {host} is not trusted: ask whoever runs your network for its certificate.",
    ),
    (
        r"connection broken|connection error|newconnectionerror|failed to establish|name resolution"
        r"|getaddrinfo|max retries|timed out|readtimeout|connecttimeout|network is unreachable|proxyerror",
        "the network did not answer ({host}): check the connection and run the same command again.",
    ),
    (
        r"no matching distribution",
        "pip found no package that fits Python {python} on this system ({line}).",
    ),
    (
        r"resolutionimpossible|conflicting dependencies",
        "the packages do not fit together ({line}).",
    ),
    (
        r"(venv|ensurepip) is not available",
        "this Python cannot make environments ({line}): on Debian or Ubuntu run `apt install python3-venv`.",
    ),
)


class SetupError(Exception):
    """Set-up cannot go on; the message is one sentence for the learner."""


def explain(words: str) -> str:
    """Turn what pip or the system said into one sentence.

    >>> explain("OSError: [Errno 28] No space left on device")
    'the disk is full (OSError: [Errno 28] No space left on device): free some space.'
    """
    lines = [re.sub(r"^[\d\-]+T[\d:,]+ ", "", line).strip() for line in words.splitlines()]  # a log's time
    lines = [line for line in lines if line and not line.startswith(("Found link", "Skipping link"))]
    for pattern, sentence in SYMPTOMS:
        for line in lines:
            if re.search(pattern, line, re.IGNORECASE):
                python = ".".join(str(part) for part in sys.version_info[:2])
                return sentence.format(line=_short(line), host=_host(lines), python=python)
    errors = [line for line in lines if line.upper().startswith("ERROR")] or lines[-1:] or ["it said nothing"]
    return f"pip failed ({_short(errors[0])}); all it said is in .venv/setup.log."


def _host(lines: Sequence[str]) -> str:
    """Return the name of the server that could not be reached, if the words give it."""
    for line in lines:
        if match := re.search(r"host='([^']+)'", line):
            return match[1]
    return "the server's name was not said"


def _short(line: str, limit: int = 160) -> str:
    return line if len(line) <= limit else line[: limit - 1] + "…"
