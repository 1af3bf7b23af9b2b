"""Progress: nothing that was recorded is ever lost, and nothing stops a lesson."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import exercises, lessons, progress, progress_file
from helpers.exercises import Exercise
from helpers.progress_file import Entry, NewerVersionError, merge, parse, to_text

ROOT = Path(__file__).resolve().parents[1]
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="POSIX only")

WRITER = """
import sys
from helpers import progress, progress_file
progress_file.LOCK_SECONDS = 60  # a busy machine may starve one of three writers that never rest
for number in range(int(sys.argv[2])):
    note = progress.record(f"{sys.argv[1]}.e{number % 7}", number % 3 == 0)
    assert note == "", note
    print(number + 1, flush=True)
"""


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path):
    path = tmp_path / "data" / "progress.json"
    monkeypatch.setenv("GLASSBOX_PROGRESS", str(path))
    known = tuple(
        Exercise(f"{lesson}.e{number}", "", 1, 1, 0)
        for lesson in ("04", "98", "99")
        for number in range(7 if lesson != "04" else 4)
    )
    monkeypatch.setattr(exercises, "all", lambda: known)
    return path


def start_writer(lesson: str, records: int) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, lesson, str(records)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def attempts(file: Path) -> int:
    return sum(entry.attempts for entry in parse(file.read_text(encoding="utf-8")).values())


def test_what_is_recorded_is_remembered_and_a_pass_is_never_taken_back(file):
    assert [progress.record("04.e1", passed) for passed in (False, True, False)] == ["", "", ""]
    entry = progress.summary().entries["04.e1"]
    assert (entry.attempts, entry.passed) == (3, True)
    assert entry.first_passed.startswith("20") and entry.first_passed <= entry.last_tried
    first = Entry(2, True, "2026-01-01").tried(True)
    assert (first.first_passed, first.attempts) == ("2026-01-01", 3)
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == 1
    assert repr(progress.summary()) == "1 of 18 exercises passed."
    assert repr(progress.line("04_byte_pair_encoding")) == "●○○○ 1 of 4 exercises of this lesson passed."


def test_nothing_is_written_before_something_is_recorded(file):
    assert progress.summary().entries == {}
    assert progress.line("04_byte_pair_encoding").startswith("○○○○ 0 of 4")
    assert not file.parent.exists()


@POSIX_ONLY
def test_killing_a_writing_kernel_loses_nothing_that_was_confirmed(file):
    rng = random.Random(0)
    confirmed = 0
    for _ in range(15):
        with start_writer("98", 10_000) as writer:
            mine = int(writer.stdout.readline())
            time.sleep(rng.random() * 0.08)
            writer.kill()
            mine = max([mine, *(int(line) for line in writer.stdout.read().split() if line)])
        confirmed += mine
        found = attempts(file)
        assert confirmed <= found <= confirmed + 1, "at most the record in flight differs"
        confirmed = found
    assert confirmed > 15
    assert not list(file.parent.glob("*.corrupt-*"))


def test_two_kernels_at_once_lose_no_record(file):
    writers = [start_writer(lesson, 60) for lesson in ("98", "99", "98")]
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    entries = parse(file.read_text(encoding="utf-8"))
    assert sum(entry.attempts for name, entry in entries.items() if name.startswith("98")) == 120
    assert sum(entry.attempts for name, entry in entries.items() if name.startswith("99")) == 60


DAMAGE = {
    "empty": b"",
    "half": b'{"version": 1, "exer',
    "binary": bytes(range(256)),
    "zeros": b"\x00" * 300,
    "a list": b"[1, 2]",
    "no version": b"{}",
    "no fields": b'{"version": 1, "exercises": {"04.e1": {}}}',
    "wrong fields": b'{"version": 1, "exercises": {"04.e1": 3}}',
    "infinite": b'{"version": 1, "exercises": {"04.e1": {"attempts": Infinity}}}',
    "negative": b'{"version": 1, "exercises": {"04.e1": {"attempts": -1, "passed": true, '
    b'"first_passed": "", "last_tried": ""}}}',
    "deep": b"[" * 100_000,
    "a strange version": b'{"version": "new", "exercises": {}}',
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_kept_aside_and_its_backup_takes_over(file, damage):
    progress.record("04.e1", True)
    file.write_bytes(damage)
    note = progress.record("04.e2", False)
    aside = file.with_name("progress.json.corrupt-1")
    assert note.startswith("The progress file was damaged; it is kept as ")
    assert note.endswith("progress.json.corrupt-1, its backup took over.")
    assert aside.read_bytes() == damage
    assert progress.summary().entries.keys() == {"04.e1", "04.e2"}
    assert progress.summary().note == "", "said once"


def test_a_damaged_file_is_noticed_when_it_is_only_read(file):
    progress.record("04.e1", True)
    file.write_bytes(b"{")
    summary = progress.summary()
    assert summary.passed == 1 and "its backup took over" in repr(summary)
    file.write_bytes(b"[")
    assert "corrupt-2" in progress.line("04_byte_pair_encoding")
    assert file.with_name("progress.json.corrupt-1").read_bytes() == b"{"


def test_without_a_backup_a_new_file_begins_and_the_damaged_one_is_kept(file):
    progress.record("04.e1", True)
    for name in ("progress.json", "progress.json.backup"):
        file.with_name(name).write_bytes(b"damaged")
    assert "and a new one begins" in progress.record("04.e2", True)
    assert progress.summary().entries.keys() == {"04.e2"}
    assert file.with_name("progress.json.corrupt-1").read_bytes() == b"damaged"


def test_a_rescue_that_is_interrupted_can_begin_again(file, monkeypatch):
    progress.record("04.e1", True)
    file.write_bytes(b"damaged")
    with monkeypatch.context() as patch:
        patch.setattr(progress_file.ProgressFile, "_write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            progress.record("04.e2", True)
    progress.record("04.e3", True)
    assert progress.summary().entries.keys() == {"04.e1", "04.e3"}


def test_a_file_of_a_newer_version_is_left_alone(file):
    file.parent.mkdir()
    newer = '{"version": 2, "exercises": {"04.e1": "something new"}}'
    file.write_text(newer, encoding="utf-8")
    for note in (progress.record("04.e1", True), progress.summary().note):
        assert note == "The progress file was written by a newer Glassbox (version 2); it is left alone."
    assert file.read_text(encoding="utf-8") == newer
    assert not list(file.parent.glob("*.corrupt-*"))


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_costs_one_sentence_and_nothing_that_was_there(file, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    progress.record("04.e1", True)
    with monkeypatch.context() as patch:
        patch.setattr(progress_file.os, step, full)
        note = progress.record("04.e2", True)
    assert note == "Your progress could not be saved (no space left on device); the lesson goes on."
    assert progress.summary().entries.keys() == {"04.e1"}
    assert progress.record("04.e2", True) == ""


@POSIX_ONLY
def test_a_disk_that_takes_no_bytes_leaves_the_old_file_whole(file):
    progress.record("04.e1", True)
    before = file.read_bytes()
    command = (
        "import resource; from helpers import progress; import filelock;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40)); print(progress.record('04.e2', True))"
    )
    result = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout.startswith("Your progress could not be saved (file too large)"), result
    assert file.read_bytes() == before


@POSIX_ONLY
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_costs_one_sentence(file):
    progress.record("04.e1", True)
    file.parent.chmod(0o555)
    try:
        assert "could not be saved (permission denied)" in progress.record("04.e2", True)
        assert progress.summary().passed == 1
    finally:
        file.parent.chmod(0o755)


def test_a_folder_that_cannot_be_made_costs_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("GLASSBOX_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert progress.record("04.e1", True).startswith("Your progress could not be saved (")
    assert progress.summary().entries == {}
    assert "the lesson goes on" in progress.line("04_byte_pair_encoding")


def test_a_lock_that_is_never_released_costs_one_sentence(file, monkeypatch):
    progress.record("04.e1", True)
    monkeypatch.setattr(progress_file, "LOCK_SECONDS", 0.1)
    with progress_file.FileLock(f"{file}.lock"):
        command = "import helpers.progress_file as f; f.LOCK_SECONDS = 0.1; from helpers import progress;"
        command += "print(progress.record('04.e2', True))"
        result = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    said = "Your progress could not be saved (another kernel holds the file); the lesson goes on.\n"
    assert result.stdout == said, result


def test_progress_travels_by_export_and_import(file, tmp_path, monkeypatch):
    progress.record("04.e1", True)
    progress.record("04.e2", False)
    exported = tmp_path / "mine.json"
    assert repr(progress.save_to(exported)) == "Saved the progress of 2 exercises to mine.json."
    monkeypatch.setenv("GLASSBOX_PROGRESS", str(tmp_path / "other" / "progress.json"))
    progress.record("04.e2", True)
    progress.record("04.e3", True)
    assert repr(progress.load_from(exported)) == "Loaded the progress of 2 exercises from mine.json."
    entries = progress.summary().entries
    assert {name for name, entry in entries.items() if entry.passed} == {"04.e1", "04.e2", "04.e3"}
    progress.load_from(exported)
    assert progress.summary().entries == entries, "importing twice changes nothing"
    progress.save_to(exported)
    assert len(parse(exported.read_text(encoding="utf-8"))) == 3


def test_an_export_never_overwrites_something_else(tmp_path):
    other = tmp_path / "thesis.json"
    other.write_text("years of work", encoding="utf-8")
    with pytest.raises(ValueError, match=r"thesis.json: This is not a Glassbox progress file"):
        progress.save_to(other)
    assert other.read_text(encoding="utf-8") == "years of work"
    with pytest.raises(ValueError, match=r"nowhere.json cannot be read"):
        progress.load_from(tmp_path / "nowhere.json")
    with pytest.raises(ValueError, match="cannot be written"):
        progress.save_to(tmp_path / "no folder" / "mine.json")


def test_merging_keeps_the_best_of_both_in_either_order():
    one = {"a": Entry(3, False, "", "2026-01-03"), "b": Entry(1, True, "2026-01-01", "2026-01-01")}
    other = {"a": Entry(2, True, "2026-01-02", "2026-01-02"), "c": Entry(1)}
    merged = merge(one, other)
    assert merged["a"] == Entry(3, True, "2026-01-02", "2026-01-03")
    assert merged == merge(other, one) == merge(merged, other)
    assert parse(to_text(merged)) == merged


def test_a_newer_version_is_refused_by_its_own_name():
    with pytest.raises(NewerVersionError, match=r"newer Glassbox \(version 7\)"):
        parse('{"version": 7}')


def test_the_default_place_is_the_users_data_folder(monkeypatch):
    monkeypatch.delenv("GLASSBOX_PROGRESS")
    assert progress.path().name == "progress.json"
    assert progress.path().parent.name == "glassbox"
    monkeypatch.setenv("GLASSBOX_PROGRESS", "~/mine.json")
    assert progress.path() == Path.home() / "mine.json"


def test_progress_is_counted_lesson_by_lesson_and_drawn():
    progress.record("04.e1", True)
    passed = progress.passed_by_lesson()
    assert passed["04_byte_pair_encoding"] == (1, 4)
    assert passed["05_subword_tokenizers"] == (0, 0)
    before, after = progress.picture(), (progress.record("04.e2", True), progress.picture())[1]
    finished = sum(lesson.is_finished for lesson in lessons.all())
    assert before.alt == f"1 of 4 exercises passed in {finished} finished lessons of 28."
    assert after.alt.startswith("2 of 4") and before.png != after.png


def test_exercises_that_no_longer_exist_are_kept_but_not_counted(file):
    progress.record("04.gone", True)
    assert progress.summary().passed == 0
    assert "04.gone" in parse(file.read_text(encoding="utf-8"))
