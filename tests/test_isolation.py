"""A tested notebook cannot reach the network nor take more memory than a lesson may."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import memory, namespace
from tools.kernel import GUARD
from tools.limits import Usage

BY_NUMBER = 'import socket; socket.create_connection(("1.1.1.1", 443), timeout=30)'
BY_NAME = 'import urllib.request; urllib.request.urlopen("https://example.org", timeout=30)'
SWALLOWED = f"try:\n    {BY_NUMBER}\nexcept OSError:\n    pass"
COMPILED = f"""
import subprocess, sys
without_the_hook = [sys.executable, "-I", "-S", "-c", {BY_NUMBER!r}]
print(subprocess.run(without_the_hook, capture_output=True, text=True).stderr.splitlines()[-1])
open("/proc/net/dev").read().count(":")
"""
LOOPBACK = """
import socket
with socket.create_server(("localhost", 0)) as server:
    socket.create_connection(server.getsockname()).close()
"loopback works"
"""
HOG = """
held = []
for _ in range(40):
    held.append(b"x" * 100_000_000)
"""
CHILD_HOG = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = b'x' * 2_000_000_000; time.sleep(30)"])
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, tiny, nbval):
    """One strict run over a notebook for every way out."""
    folder = tmp_path_factory.mktemp("isolation")
    cells = {
        "by_number": BY_NUMBER,
        "by_name": BY_NAME,
        "swallowed": SWALLOWED,
        "hog": HOG,
        "child_hog": CHILD_HOG,
    }
    for name, source in cells.items():
        tiny.write(folder / f"{name}.ipynb", tiny.code(source))
    tiny.write(folder / "loopback.ipynb", tiny.code(LOOPBACK, tiny.result("'loopback works'")))
    unreachable = tiny.printed("OSError: [Errno 101] Network is unreachable\n")
    tiny.write(folder / "compiled.ipynb", tiny.code(COMPILED, unreachable, tiny.result("1")))
    return nbval(folder, "-n2", "--dist=loadfile")


@pytest.mark.parametrize("name", ["by_number", "by_name"])
def test_a_cell_that_connects_turns_red_at_once(session, name):
    assert "The network is blocked" in session.red(f"{name}.ipynb")["Cell 0"]
    assert session.verdicts[f"{name}.ipynb", "Cell 0"].seconds < 10


def test_an_attempt_whose_error_is_swallowed_turns_the_notebook_red(session):
    assert session.red("swallowed.ipynb").keys() == {"limits"}
    assert "it tried the network: socket.getaddrinfo 1.1.1.1" in session.red("swallowed.ipynb")["limits"]


def test_connections_within_this_machine_work(session):
    assert session.red("loopback.ipynb") == {}


def test_what_passes_by_the_hook_finds_no_network_either(session):
    unshare = [shutil.which("unshare") or "false", "-rn", "true"]
    if sys.platform != "linux" or subprocess.run(unshare, capture_output=True).returncode:
        pytest.skip("this system does not let us make a network namespace; the audit hook alone is at work")
    assert "empty network namespace" in session.text
    assert session.red("compiled.ipynb") == {}


@pytest.mark.parametrize("name", ["hog", "child_hog"])
def test_a_notebook_that_holds_too_much_memory_is_stopped(session, name):
    complaint = session.red(f"{name}.ipynb")["Cell 0"]
    assert "The kernel was stopped: it held" in complaint and "more than 1.50 GB" in complaint
    assert session.verdicts[f"{name}.ipynb", "Cell 0"].seconds < 60


def test_a_notebook_over_a_limit_is_told_which():
    assert Usage(61.0, 90.0, 1_500_000_000).complaints() == ["it took 61 s, more than 60 s"]
    assert Usage(60.0, 90.0, 1_600_000_000).complaints() == ["it held 1.60 GB, more than 1.50 GB"]
    assert Usage(60.0, 90.0, 1_500_000_000).complaints() == []


def test_a_lesson_that_only_waited_for_its_turn_is_not_too_slow():
    assert Usage(200.0, 45.0, 0).complaints() == []
    assert Usage(45.0, 80.0, 0).complaints() == []


def test_processor_time_counts_children_that_run_and_children_that_ended():
    spin = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    ask = f"""
import glassbox_guard as g, subprocess, sys, time
before = g.processor_seconds()
subprocess.run([sys.executable, "-c", {spin!r}])
ended = g.processor_seconds() - before
child = subprocess.Popen([sys.executable, "-c", {spin + chr(10) + "time.sleep(60)"!r}])
time.sleep(2)
print(ended > 0.25, g.processor_seconds() - before > ended + 0.25)
child.kill()
"""
    done = subprocess.run([sys.executable, "-c", ask], cwd=GUARD, capture_output=True, text=True)
    assert done.stdout == "True True\n", done.stderr


def test_the_peak_outlives_the_memory_that_made_it():
    ask = "import glassbox_guard as g; before = g.peak_bytes(); x = b'x' * 200_000_000; del x; "
    done = subprocess.run(
        [sys.executable, "-c", ask + "print(g.peak_bytes() - before)"],
        cwd=GUARD,
        capture_output=True,
        text=True,
    )
    assert 150_000_000 < int(done.stdout) < 400_000_000, done.stderr


def test_the_peak_does_not_include_what_the_parent_held():
    held = b"x" * 300_000_000
    ask = [sys.executable, "-c", "import glassbox_guard as g; print(g.peak_bytes())"]
    done = subprocess.run(ask, cwd=GUARD, capture_output=True, text=True)
    assert int(done.stdout) < len(held), done.stderr


def test_the_watch_measures_a_child_and_leaves_it_alone_without_a_limit():
    hold = "import time; held = b'x' * 200_000_000; print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True) as process:
        watch = memory.MemoryWatch(process.pid, limit=None)
        watch.start()
        assert process.stdout.readline() == "held\n"
        deadline = time.monotonic() + 10  # the watch looks now and then, and a busy machine looks late
        while watch.peak <= 100_000_000 and time.monotonic() < deadline:
            time.sleep(0.05)
        watch.close()
        assert process.poll() is None
        memory.stop_tree(process.pid)
    assert watch.peak > 100_000_000 and not watch.exceeded


def interfaces() -> set[str]:
    """The network interfaces that this process sees (Linux)."""
    lines = Path("/proc/net/dev").read_text().splitlines() if sys.platform == "linux" else []
    return {line.split(":")[0].strip() for line in lines if ":" in line}


def test_a_namespace_that_is_refused_leaves_this_process_as_it_was(monkeypatch):
    monkeypatch.setattr(namespace, "_succeeds", lambda: False)
    before = interfaces()
    assert namespace.enter() is False
    assert before == interfaces()
