"""The benchmark compares equal results, forgives noise but no slowness, and keeps what it found."""

from __future__ import annotations

import importlib
import json
import os

import pytest

from tools import bench, bench_report
from tools.bench import Goal, Row, measure


def _row(own=lambda: None, naive=lambda: None, goals=()) -> Row:
    return Row(
        "count", {"own": own, "naive": naive}, lambda results: results["own"] == results["naive"], goals
    )


def test_versions_that_disagree_are_not_compared():
    with pytest.raises(ValueError, match="own, naive of 'count' give different results"):
        measure(_row(own=lambda: 2))


@pytest.fixture
def spend(monkeypatch):
    """A clock that only goes on when a version spends seconds."""
    now = [100.0]
    monkeypatch.setattr(bench.time, "perf_counter", lambda: now[0])

    def spend(seconds: float) -> None:
        now[0] += seconds

    return spend


def test_each_version_is_timed_by_the_median_of_its_turns(spend):
    own = iter([1.9, 0.5, 0.1, 0.3])  # the first run, and three turns
    measured = measure(_row(own=lambda: spend(next(own)), naive=lambda: spend(1.5)), rounds=3)
    assert measured.seconds == {"own": pytest.approx(0.4), "naive": pytest.approx(1.5)}


def test_a_version_that_takes_long_runs_once(spend):
    runs = []
    measured = measure(_row(naive=lambda: runs.append(1) or spend(3.0)), rounds=3)
    assert len(runs) == 1 and measured.seconds["naive"] == 3.0


def test_versions_take_turns():
    order = []
    measure(_row(own=lambda: order.append("own"), naive=lambda: order.append("naive")), rounds=2)
    assert order == ["own", "naive"] * 3


def test_a_goal_missed_for_noise_is_measured_again(spend):
    noisy = iter([0.05] * 4 + [0.01] * 100)
    goal = Goal("quick", lambda best: best["own"] < 0.02)
    assert measure(_row(own=lambda: spend(next(noisy)), goals=(goal,)), rounds=3).goals == {"quick": True}


def test_a_version_that_takes_long_is_measured_again_too(spend):
    noisy = iter([5.2, 4.8])
    goal = Goal("within 5 s", lambda best: best["own"] <= 5)
    assert measure(_row(own=lambda: spend(next(noisy)), goals=(goal,))).goals == {"within 5 s": True}


def test_a_goal_missed_every_time_is_missed(spend):
    goal = Goal("quick", lambda best: best["own"] < 0.02)
    assert measure(_row(own=lambda: spend(0.03), goals=(goal,)), rounds=2).goals == {"quick": False}


def test_a_missed_goal_is_the_exit_status(monkeypatch, capsys):
    slow = _row(goals=(Goal("own is infinitely fast", lambda best: False),))
    monkeypatch.setattr(importlib, "import_module", lambda name: type("M", (), {"ROWS": (lambda: slow,)}))
    assert bench.main(["04"]) == 1
    assert "missed: own is infinitely fast" in capsys.readouterr().err


def test_a_lesson_without_rows_is_refused():
    with pytest.raises(ValueError, match=r"no benchmarks/lesson_99\.py; there are: 04"):
        bench.modules(["99"])


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="this system does not pin processes to cores"
)
def test_builds_are_measured_on_one_core_and_the_others_come_back():
    before = os.sched_getaffinity(0)
    with bench.one_core():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_the_records_hold_figures_ratios_and_the_machine_without_its_name(tmp_path):
    rows = [
        {"lesson": "04", "name": "train", "seconds": {"own": 0.5, "naive": 60.0, "library": 0.25},
         "goals": {"fast enough": True, "small enough": False}, "megabytes": 1.0}
    ]  # fmt: skip
    lessons = [
        {
            "lesson": "04_pairs",
            "seconds": 12.34,
            "processor_seconds": 20.0,
            "peak": 412_000_000,
            "stored": 98_000,
        }
    ]
    bench_report.write(tmp_path, rows, lessons)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert (
        "| 04 | train | 0.5 s (2 MB/s) | 60 s (0.017 MB/s) | 0.25 s (4 MB/s) | 120 | 2 | "
        "fast enough: yes; small enough: **no** |"
    ) in page
    assert "| 04_pairs | 12.3 | 20.0 | 0.41 GB | 98 kB |" in page
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert kept["rows"] == rows and kept["machine"]["cores"] >= 1
    assert bench_report.platform.node() not in page


@pytest.mark.parametrize("number", bench.modules())
def test_the_builds_reach_their_goals(number):
    with bench.one_core():
        rows = [make() for make in importlib.import_module(f"benchmarks.lesson_{number}").ROWS]
        for row in (row for row in rows if row.goals):
            measured = measure(row, rounds=2)
            missed = [goal for goal, met in measured.goals.items() if not met]
            assert not missed, f"{missed} of {measured}"
