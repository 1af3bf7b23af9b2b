"""What one lesson may take: the numbers that the tools measure against and the tests hold."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BYTES", "MEMORY_BYTES", "RELATIVE_TOLERANCE", "SECONDS", "Usage"]

SECONDS = 60.0
MEMORY_BYTES = 1_500_000_000
BYTES = 1_000_000
RELATIVE_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Usage:
    """What running a notebook took: seconds on the clock and of the processors, and peak memory in bytes."""

    seconds: float
    processor_seconds: float
    peak: int

    def complaints(self) -> list[str]:
        """Return which limits it exceeded.

        On a busy machine the clock runs on while a lesson waits for its turn; so a lesson is too slow only
        when it kept the processors busy for longer than the limit, too.
        """
        found = []
        if min(self.seconds, self.processor_seconds) > SECONDS:
            found.append(f"it took {self.seconds:.0f} s, more than {SECONDS:.0f} s")
        if self.peak > MEMORY_BYTES:
            found.append(f"it held {self.peak / 1e9:.2f} GB, more than {MEMORY_BYTES / 1e9:.2f} GB")
        return found

    def __str__(self) -> str:
        clock, busy, memory = self.seconds, self.processor_seconds, self.peak / 1e9
        return f"{clock:6.1f} s {busy:6.1f} s busy {memory:5.2f} GB"
