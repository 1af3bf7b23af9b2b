"""The sweep of sizes and budgets that the scaling law of lesson 12 is fitted to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.recipes import sweep
from assets.recipes.training import new_model, read_log
from helpers import records


def test_every_size_is_trained_on_every_budget():
    runs = records.sweep()
    pairs = set(zip(runs["width"], runs["step"], strict=True))
    assert pairs == {(width, steps) for _, width, _ in sweep.SIZES for steps in sweep.BUDGETS}
    assert len(runs["loss"]) == len(pairs)


def test_the_recorded_sizes_are_those_of_the_recipe():
    runs = records.sweep()
    for layers, width, heads in sweep.SIZES:
        recipe = sweep.recipe_of(layers, width, heads, steps=1)
        assert set(runs["parameters"][runs["width"] == width]) == {sweep.count(new_model(recipe))}


def test_more_tokens_never_make_a_recorded_model_worse():
    runs = records.sweep()
    for width in np.unique(runs["width"]):
        chosen = runs["width"] == width
        order = np.argsort(runs["tokens"][chosen])
        assert (np.diff(runs["loss"][chosen][order]) < 0).all()


def test_no_recorded_model_beats_the_entropy():
    runs = records.sweep()
    assert (runs["loss"] > runs["entropy"]).all()
    assert len(set(runs["entropy"])) == 1, "all runs are judged on the same texts"


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(sweep, "SIZES", ((1, 4, 1), (1, 8, 2)))
    monkeypatch.setattr(sweep, "BUDGETS", (1, 2))
    full = sweep.recipe_of
    monkeypatch.setattr(sweep, "recipe_of", lambda *of: replace(full(*of), check_texts=1, rows=2))


def test_a_sweep_is_written_when_its_last_run_is_there(small, tmp_path):
    path = tmp_path / "sweep.csv"
    sweep.build_sweep(tmp_path, path, widths=[4])
    assert not path.exists()
    sweep.build_sweep(tmp_path, path, widths=[8])
    rows = read_log(path)
    assert [(row["width"], row["step"]) for row in rows] == [(4, 1), (4, 2), (8, 1), (8, 2)]
    assert all(row["lr"] > 0 for row in rows)


def test_a_run_that_is_there_is_not_made_again(small, tmp_path):
    path = tmp_path / "sweep.csv"
    sweep.build_sweep(tmp_path, path)
    times = {file: file.stat().st_mtime_ns for file in tmp_path.glob("*.pt")}
    first = path.read_bytes()
    sweep.build_sweep(tmp_path, path)
    assert path.read_bytes() == first
    assert times == {file: file.stat().st_mtime_ns for file in tmp_path.glob("*.pt")}
    assert len(times) == 4
