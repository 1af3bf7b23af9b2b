"""Runtime: the same numbers from the same seed, the device that is asked for, and a discreet report."""

from __future__ import annotations

import dataclasses
import getpass
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers import runtime

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("GLASSBOX_DEVICE", "GLASSBOX_SCALE", "GLASSBOX_MODEL"):
        monkeypatch.delenv(name, raising=False)


def draws():
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_the_same_seed_gives_the_same_numbers_everywhere():
    runtime.start(7)
    first = draws()
    runtime.start(7)
    assert draws() == first
    runtime.start(8)
    assert all(one != other for one, other in zip(draws(), first, strict=True))


def test_generators_start_afresh_and_leave_the_global_one_alone():
    run = runtime.start(3)
    one, other = torch.rand(4, generator=run.generator()), torch.rand(4, generator=run.generator())
    assert torch.equal(one, other)
    expected = torch.Generator().manual_seed(3)
    assert torch.equal(one, torch.rand(4, generator=expected))
    assert run.generator().device.type == "cpu"


def test_the_default_is_the_cpu_at_small_scale_in_single_precision():
    run = runtime.start()
    assert (run.device, run.dtype, run.scale, run.seed) == (torch.device("cpu"), torch.float32, "small", 0)
    assert run.threads == torch.get_num_threads()
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.seed = 1


def test_threads_can_be_set():
    before = torch.get_num_threads()
    try:
        assert runtime.start(threads=1).threads == torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_full_scale_takes_the_best_device_and_the_larger_value(monkeypatch):
    assert runtime.pick("small", "full") == "small"
    monkeypatch.setenv("GLASSBOX_SCALE", "FULL")
    assert (runtime.scale(), runtime.pick("small", "full")) == ("full", "full")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert runtime.start().device == torch.device("cuda")
    monkeypatch.setenv("GLASSBOX_DEVICE", "cpu")
    assert runtime.start().device == torch.device("cpu")


def test_a_graphics_card_alone_does_not_change_the_numbers_of_a_lesson(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert runtime.start().device == torch.device("cpu")
    monkeypatch.setenv("GLASSBOX_DEVICE", "cuda")
    assert runtime.start().device == torch.device("cuda")


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("GLASSBOX_SCALE", "huge", "GLASSBOX_SCALE is 'huge'; it must be one of small, full"),
        ("GLASSBOX_DEVICE", "tpu", "GLASSBOX_DEVICE is 'tpu'; it must be one of auto, cpu, cuda, mps"),
        ("GLASSBOX_DEVICE", "cuda", "GLASSBOX_DEVICE is 'cuda', but this machine has no such device"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(monkeypatch, variable, value, message):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=message):
        runtime.start()


def test_the_report_names_the_machine_and_nobody_on_it(monkeypatch, tmp_path):
    folder = tmp_path / getpass.getuser() / "my-model"
    folder.mkdir(parents=True)
    monkeypatch.setenv("GLASSBOX_MODEL", str(folder))
    report = runtime.report()
    text = repr(report) + report._repr_html_()
    assert report.rows["model"] == "my-model (local folder)"
    assert report.rows["device"].startswith("cpu (")
    assert f"torch {torch.__version__.partition('+')[0]}" in report.rows["packages"]
    assert report.rows["memory"].endswith(" GB") and float(report.rows["memory"].split()[0]) > 0.5
    for private in (str(Path.home()), str(tmp_path), str(ROOT), sys.prefix):
        assert private not in text
    monkeypatch.setenv("GLASSBOX_MODEL", "openai-community/gpt2")
    assert runtime.report().rows["model"] == "openai-community/gpt2"
    monkeypatch.delenv("GLASSBOX_MODEL")
    assert runtime.report().rows["model"] == "story (embedded)"


def test_the_report_is_a_table_with_headings_and_the_same_rows_as_text():
    report = runtime.Report({"device": "cpu <b>", "threads": "2"})
    assert repr(report) == "device   cpu <b>\nthreads  2"
    assert '<th scope="row"' in report._repr_html_() and "cpu &lt;b&gt;" in report._repr_html_()


@pytest.mark.parametrize(
    "module", ["runtime", "exercises", "progress", "lessons", "figures", "explorers", "controls", "concepts"]
)
def test_importing_a_helper_is_light_and_has_no_effect(module):
    command = (
        "import random, sys; state = random.getstate();"
        f"import helpers.{module};"
        "assert random.getstate() == state;"
        "assert 'torch' not in sys.modules, 'torch is imported';"
        "assert 'matplotlib.pyplot' not in sys.modules, 'pyplot is imported';"
        "print('fine')"
    )
    result = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout == "fine\n", result.stderr
