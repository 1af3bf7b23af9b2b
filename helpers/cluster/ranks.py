"""Start a cluster of ranks, run functions on all of them, and say clearly what went wrong."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cloudpickle

from helpers.cluster import member
from helpers.cluster.processes import Processes, RankError

if TYPE_CHECKING:
    from ipyparallel import AsyncResult

__all__ = ["RankError", "Ranks", "start"]

MOST_RANKS = 64
START_SECONDS = 120.0
GRACE_SECONDS = 2.0  # how long the others may still work after a rank has failed

_running: list[Ranks] = []


def start(size: int = 2, *, profile: str | None = None) -> Ranks:
    """Start `size` processes that form one torch.distributed group, and wait until they have met.

    Started twice with the same arguments, it gives back the ranks that run; with others, it stops them first.

    Args:
        size: number of ranks, 1 to 64. On one machine each needs about 0.3 GB.
        profile: the ipyparallel profile that says how engines are launched, for instance over SSH or by
            Slurm; GLASSBOX_PROFILE when left out; processes on this machine without either.

    Raises:
        ValueError: if `size` is not a whole number from 1 to 64.
        RankError: if the processes did not start or did not meet in time.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_RANKS:
        raise ValueError(f"The number of ranks is a whole number from 1 to {MOST_RANKS}, got {size!r}.")
    profile = os.environ.get("GLASSBOX_PROFILE", "") if profile is None else profile
    for ranks in list(_running):
        if (ranks.size, ranks.profile) == (size, profile):
            return ranks
        ranks.stop()
    return Ranks(size, profile)


class Ranks:
    """The ranks of a running cluster; `start` makes them.

    Attributes:
        size: how many there are.
        profile: the ipyparallel profile they were launched by, "" for processes on this machine.
        device: "cuda" when every rank has a GPU of its own (NCCL), else "cpu" (Gloo).
    """

    def __init__(self, size: int, profile: str = "") -> None:
        self.size, self.profile, self.device = size, profile, "cpu"
        self._processes: Processes | None = None
        self._open()

    def run(
        self, function: Callable[..., Any], *args: Any, timeout: float = 30.0, **kwargs: Any
    ) -> list[Any]:
        """Call `function(*args, **kwargs)` on every rank at once; return what each returned, by rank.

        Functions of the notebook and of other lessons' builds travel by value. What a rank prints is printed
        here when all are done.

        Args:
            timeout: seconds that the slowest rank may take. A collective that waits for a rank which never
                calls it does not end by itself, so after this time the processes are replaced.

        Raises:
            RankError: if a rank fails, ends or does not answer in time.
        """
        if self._processes is None:
            self._open()
        payload = _pickled(function, args, kwargs)
        try:
            answers = self._wait([self._send(rank, payload) for rank in range(self.size)], timeout)
        except BaseException:  # an interrupt too leaves ranks that wait for each other
            self.stop()
            raise
        for rank, one in enumerate(answers):
            sys.stdout.write("".join(f"rank {rank}: {line}\n" for line in one.printed.splitlines()))
        if failed := [rank for rank, one in enumerate(answers) if one.error]:
            gone = [rank for rank in failed if answers[rank].gone]
            if gone:
                self.stop()
            else:
                self._meet()  # a fresh group: messages of the failed call may be under way
            cause = (gone or failed)[0]
            raise self._failure(cause, answers[cause])
        return [cloudpickle.loads(one.value) for one in answers]

    def stop(self) -> None:
        """End the processes; `run` starts them again."""
        if self._processes is not None:
            self._processes.close()
            self._processes = None
        if self in _running:
            _running.remove(self)

    def __enter__(self) -> Ranks:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = f"by the profile {self.profile!r}" if self.profile else "on this machine"
        state = "" if self._processes is not None else ", stopped"
        return f"{self.size} ranks {where} ({self.device}{state})"

    def _open(self) -> None:
        self._processes = Processes(self.size, self.profile)
        try:
            self._processes.open(START_SECONDS)
            self._meet()
        except BaseException:
            self.stop()
            raise
        _running.append(self)

    def _meet(self) -> None:
        """Join all ranks in one new group, with a GPU for each where there are enough."""
        hosts = self._collect([self._call(rank, member.describe) for rank in range(self.size)])
        gpus = _gpu_of_each(hosts, os.environ.get("GLASSBOX_DEVICE", "auto"))
        self.device = "cpu" if None in gpus else "cuda"
        ((address, port),) = self._collect([self._call(0, member.host_store, not self.profile)])
        self._collect(
            [
                self._call(rank, member.join, rank, self.size, address, port, gpu)
                for rank, gpu in enumerate(gpus)
            ]
        )

    def _call(self, rank: int, function: Callable[..., Any], *args: Any) -> AsyncResult:
        return self._send(rank, _pickled(function, args, {}))

    def _send(self, rank: int, payload: bytes) -> AsyncResult:
        return self._processes.view(rank).apply_async(member.answer, payload)

    def _collect(self, results: list[AsyncResult]) -> list[Any]:
        """Return the values of a few calls of our own."""
        answers = self._wait(results, START_SECONDS)
        for rank, one in enumerate(answers):
            if one.error:
                raise self._failure(rank, one)
        return [cloudpickle.loads(one.value) for one in answers]

    def _wait(self, results: list[AsyncResult], seconds: float) -> list[member.Answer]:
        """Wait for all answers; end early when one rank has failed and others wait for it."""
        deadline = time.monotonic() + seconds
        failed: tuple[int, member.Answer] | None = None
        while not all(result.ready() for result in results):
            if failed is None and (failed := self._first_failure(results)):
                deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
            if time.monotonic() > deadline:
                if failed:
                    raise self._failure(*failed)
                raise self._hang(results, seconds)
            next(result for result in results if not result.ready()).wait(0.02)
        return [self._read(rank, result) for rank, result in enumerate(results)]

    def _first_failure(self, results: list[AsyncResult]) -> tuple[int, member.Answer] | None:
        for rank, result in enumerate(results):
            if result.ready() and (said := self._read(rank, result)).error:
                return rank, said
        return None

    def _read(self, rank: int, result: AsyncResult) -> member.Answer:
        try:
            return result.get()
        except Exception as error:  # ipyparallel's own: the process ended, or the answer cannot be sent
            logging.getLogger(__name__).debug("rank %d: %r", rank, error)
            return member.Answer(error="its process ended, perhaps for want of memory", gone=True)

    def _failure(self, rank: int, said: member.Answer) -> RankError:
        return RankError(f"Rank {rank} of {self.size} failed: {said.error.rstrip('.')}.", said.trace)

    def _hang(self, results: list[AsyncResult], seconds: float) -> RankError:
        late = [str(rank) for rank, result in enumerate(results) if not result.ready()]
        done = [str(rank) for rank, result in enumerate(results) if result.ready()]
        who = f"{'Ranks' if len(late) > 1 else 'Rank'} {', '.join(late)} of {self.size}"
        other = (
            f" while {', '.join(done)} finished: a collective waits for a rank that does not call it"
            if done
            else ""
        )
        return RankError(f"{who} did not answer within {seconds:g} s{other}; the processes were ended.")


def _gpu_of_each(hosts: list[tuple[str, int]], device: str) -> list[int | None]:
    """Return the GPU of each rank, given (name, GPUs) of its host; None for all if one goes without."""
    names = [name for name, _ in hosts]
    if device == "cpu" or any(names.count(name) > gpus for name, gpus in hosts):
        return [None] * len(hosts)
    return [names[:rank].count(name) for rank, name in enumerate(names)]


def _pickled(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> bytes:
    """Pickle a call, with the builds of lessons by value, as no other process has them."""
    for name, module in list(sys.modules.items()):
        if name.startswith("lesson_"):
            cloudpickle.register_pickle_by_value(module)
    try:
        return cloudpickle.dumps((function, args, kwargs))
    except Exception as error:
        raise ValueError(f"This call cannot be sent to other processes: {error}.") from error
