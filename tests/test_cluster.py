"""The ranks of the distributed lessons: real processes, started once for this file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import torch
import torch.distributed as dist

from helpers import cluster, lessons
from helpers.cluster.ranks import _gpu_of_each

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.xdist_group("cluster")


def processes_of(folder: str) -> list[psutil.Process]:
    """Return the living processes whose environment names the folder as their profile."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get("IPP_PROFILE_DIR") == folder:
                found.append(process)
        except psutil.Error:
            continue
    return found


def none_left(folder: str, seconds: float = 20.0) -> bool:
    """Return whether the last process of the folder goes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not processes_of(folder):
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def two():
    """Two ranks, kept between tests as they would be between cells."""
    return cluster.start(2)


@pytest.fixture(scope="module", autouse=True)
def _stop_at_the_end():
    yield
    cluster.start(2).stop()


def total(start: int, *, step: int = 1) -> tuple[int, float]:
    value = torch.tensor([float(start + step * dist.get_rank())])
    dist.all_reduce(value)
    return dist.get_rank(), value.item()


def test_every_rank_is_called_at_once_and_answers_in_order(two):
    assert two.run(total, 5) == [(0, 11.0), (1, 11.0)]
    assert two.run(total, 5, step=3) == [(0, 13.0), (1, 13.0)]


def test_what_ranks_print_is_printed_in_order_of_rank(two, capsys):
    two.run(lambda: print("one\ntwo") if dist.get_rank() == 0 else print("three"))
    assert capsys.readouterr().out == "rank 0: one\nrank 0: two\nrank 1: three\n"


def test_started_twice_it_is_the_same(two):
    assert cluster.start(2) is two
    assert repr(two).startswith("2 ranks on this machine (")


def test_started_after_a_stop_it_runs(two):
    two.stop()
    again = cluster.start(2)
    assert "stopped" in repr(two) and "stopped" not in repr(again)
    assert again.run(total, 5) == [(0, 11.0), (1, 11.0)]


def test_another_size_stops_the_first(two):
    one = cluster.start(1)
    assert one.run(total, 4) == [(0, 4.0)]
    assert "stopped" in repr(two)
    one.stop()
    assert two.run(total, 5) == [(0, 11.0), (1, 11.0)]  # asked again, they come back


def test_a_lesson_s_builds_travel_with_the_call(two):
    norm = lessons.load("10_transformer").RMSNorm(3)
    x = torch.tensor([1.0, -2.0, 2.0])
    for there in two.run(lambda layer, value: layer(value).detach(), norm, x):
        torch.testing.assert_close(there, norm(x).detach())


def test_the_group_runs_ddp_collectives_over_the_mesh(two):
    def gathered() -> list[int]:
        from torch.distributed.device_mesh import init_device_mesh

        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        parts = [torch.zeros(1) for _ in range(mesh.size())]
        dist.all_gather(parts, torch.tensor([10.0 * dist.get_rank()]), group=mesh.get_group())
        return [int(part) for part in parts]

    assert two.run(gathered) == [[0, 10], [0, 10]]


def test_a_failing_rank_is_named_and_the_next_call_works(two):
    def fails() -> None:
        if dist.get_rank() == 1:
            raise ValueError("the width 7 does not divide by 2")
        dist.barrier()

    with pytest.raises(
        cluster.RankError, match=r"^Rank 1 of 2 failed: ValueError: the width 7 does not divide by 2\.$"
    ) as caught:
        two.run(fails)
    assert "in fails" in caught.value.trace
    assert two.run(total, 1) == [(0, 3.0), (1, 3.0)]


def test_when_all_ranks_fail_the_processes_stay(two):
    def fails() -> None:
        raise KeyError("x")

    before = two.run(os.getpid)
    with pytest.raises(cluster.RankError, match="Rank 0 of 2 failed: KeyError: 'x'"):
        two.run(fails)
    assert two.run(os.getpid) == before


def test_a_rank_that_exits_is_told_from_one_that_died(two):
    with pytest.raises(cluster.RankError, match=r"^Rank 0 of 2 failed: SystemExit: 3\.$"):
        two.run(sys.exit, 3)


def test_a_hang_becomes_a_sentence_and_the_next_call_works(two):
    def waits() -> None:
        if dist.get_rank() == 0:
            dist.barrier()

    sentence = r"^Rank 0 of 2 did not answer within 2 s while 1 finished: a collective waits .* were ended\.$"
    with pytest.raises(cluster.RankError, match=sentence):
        two.run(waits, timeout=2)
    assert two.run(total, 1) == [(0, 3.0), (1, 3.0)]


def test_a_process_that_ends_is_named(two):
    def ends() -> None:
        if dist.get_rank() == 1:
            os._exit(1)
        dist.barrier()

    with pytest.raises(cluster.RankError, match=r"^Rank 1 of 2 failed: its process ended"):
        two.run(ends)


def test_what_cannot_be_sent_is_refused_before_it_is_sent(two):
    with pytest.raises(ValueError, match="cannot be sent to other processes"):
        two.run(total, threading.Lock())


@pytest.mark.parametrize("size", [0, 65, 2.0, True, "2"])
def test_a_number_of_ranks_that_makes_no_sense_is_refused(size):
    with pytest.raises(ValueError, match=r"whole number from 1 to 64, got"):
        cluster.start(size)


def test_each_rank_gets_a_gpu_of_its_own_or_none_does():
    assert _gpu_of_each([("a", 2), ("a", 2), ("b", 1)], "auto") == [0, 1, 0]
    assert _gpu_of_each([("a", 2), ("a", 2), ("a", 2)], "auto") == [None, None, None]
    assert _gpu_of_each([("a", 1), ("b", 0)], "auto") == [None, None]
    assert _gpu_of_each([("a", 2), ("a", 2)], "cpu") == [None, None]


def test_no_process_is_left_when_the_kernel_is_killed():
    script = (
        "from helpers import cluster, runtime\nimport time\n"
        "ranks = cluster.start(2)\nprint(ranks._processes._folder, flush=True)\ntime.sleep(100)"
    )
    kernel = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    folder = kernel.stdout.readline().strip()
    assert len(processes_of(folder)) >= 3
    kernel.send_signal(signal.SIGKILL)
    kernel.wait()
    assert none_left(folder)
    kernel.stdout.close()
    deadline = time.monotonic() + 5
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(folder).exists()


def test_a_profile_says_how_ranks_are_launched(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    profile = tmp_path / "profile_hosts"
    profile.mkdir()
    (profile / "ipcluster_config.py").write_text(
        "c.Cluster.engine_launcher_class = 'local'\n"
        "c.EngineLauncher.environment = {'GLASSBOX_TEST': 'profile'}\n"
    )
    with cluster.start(2, profile="hosts") as ranks:
        assert ranks.run(total, 5) == [(0, 11.0), (1, 11.0)]
        assert ranks.run(os.getenv, "GLASSBOX_TEST") == ["profile", "profile"]
        assert "by the profile 'hosts'" in repr(ranks)
    assert none_left(str(profile))


def test_a_profile_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with pytest.raises(cluster.RankError, match="profile 'nowhere'"):
        cluster.start(2, profile="nowhere")
