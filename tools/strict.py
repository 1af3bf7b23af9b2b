"""The pytest plugin around nbval: patches it, cuts the network, and holds each notebook to its limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from nbval import plugin as nbval_plugin

from tools import limits, namespace, nbval_patches

__all__ = ["LimitsItem"]

isolated = pytest.StashKey[bool]()


class LimitsItem(pytest.Item):
    """The last test of a notebook: it stayed within the time and memory of a lesson and off the network."""

    def runtest(self) -> None:
        """Measure, note the figures for the table, and fail where a limit is exceeded."""
        kernel = self.parent.kernel
        usage = kernel.usage()
        row = {**asdict(usage), "notebook": self.parent.path.name, "died": not kernel.is_alive()}
        self.user_properties.append(("glassbox", row))
        complaints = [f"it tried the network: {attempt}" for attempt in kernel.network()]
        complaints += usage.complaints() if kernel.strict else []
        if complaints:
            raise LimitExceeded(f"{self.parent.path.name}: {'; '.join(complaints)}.")

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        """Return the sentence alone when a limit was exceeded."""
        return str(excinfo.value) if excinfo.errisinstance(LimitExceeded) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple:
        """Return where the test is, as pytest asks it."""
        return self.path, 0, f"{self.path.name}::limits"


class LimitExceeded(Exception):
    """A notebook took more than a lesson may."""


def _collect(file) -> Iterator[pytest.Item]:
    yield from _original_collect(file)
    yield LimitsItem.from_parent(file, name="limits")


_original_collect = nbval_plugin.IPyNbFile.collect


def pytest_configure(config: pytest.Config) -> None:
    """Patch nbval and leave the network when notebooks are to be run."""
    if not (config.option.nbval or config.option.nbval_lax):
        return
    nbval_patches.apply(strict=not config.option.nbval_lax)
    nbval_plugin.IPyNbFile.collect = _collect
    if not hasattr(config, "workerinput"):  # xdist's workers are children, and already inside
        config.stash[isolated] = namespace.enter()


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how the network is blocked."""
    if isolated not in config.stash:
        return None
    also = " and an empty network namespace" if config.stash[isolated] else ""
    return f"notebooks: network blocked by an audit hook{also}; Python {sys.version.split()[0]}"


def pytest_terminal_summary(terminalreporter) -> None:
    """Print seconds and peak memory of each notebook."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    called = [report for report in reports if getattr(report, "when", None) == "call"]
    rows = [dict(report.user_properties).get("glassbox") for report in called]
    rows = sorted(filter(None, rows), key=lambda row: row["notebook"])
    if rows:
        terminalreporter.section(
            f"notebooks (at most {limits.SECONDS:.0f} s, {limits.MEMORY_BYTES / 1e9} GB)"
        )
    for row in rows:
        name, died = row.pop("notebook"), row.pop("died")
        terminalreporter.line(f"{name:40s}{limits.Usage(**row)}{'  (its kernel died)' if died else ''}")
