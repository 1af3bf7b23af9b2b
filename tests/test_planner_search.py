"""The search for the quickest plan that fits."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from helpers import planner
from helpers.planner import Model
from helpers.planner import search as search_for
from helpers.planner.candidates import _plans  # what is tried, for the exhaustive comparison

A100 = planner.hardware("A100-80GB")
SMALL = Model(8, 2_048, 16, vocab=32_000)


@pytest.mark.parametrize("gpus", [1, 8, 24])
def test_no_plan_is_quicker_than_the_first(gpus):
    found = search_for(SMALL, A100, gpus, 48, top=5)
    everything = []
    for plan in _plans(SMALL, A100, gpus, 48, 2_048, {"flash": False, "overlap_data": True}, Counter()):
        one = planner.estimate(SMALL, A100, plan)
        if one.fits:
            everything.append(one.step_seconds)
    quickest = sorted(everything)[:5]
    assert [one.step_seconds for _, one in found.best] == pytest.approx(quickest, rel=1e-12)
    assert all(plan.devices == gpus for plan, _ in found.best)


def test_what_does_not_fit_is_counted_with_its_reason():
    found = search_for(Model(96, 12_288, 96), A100, 64, 64)
    assert found.best and all(one.fits for _, one in found.best)
    assert found.rejected["needs more than 80 GB"] > len(found.best)
    assert found.tried > sum(n for reason, n in found.rejected.items() if "GB" in reason)


def test_a_model_that_fits_nowhere_leaves_no_plan():
    found = search_for(Model(96, 12_288, 96), A100, 1, 1)
    assert found.best == [] and list(found.rejected) == ["needs more than 80 GB"]


@pytest.mark.parametrize(
    ("gpus", "batch", "said"),
    [(7, 48, "no plan divides 7 devices, 8 layers, 16 heads and a batch of 48"), (0, 48, "got gpus=0")],
)
def test_numbers_that_do_not_fit_are_named(gpus, batch, said):
    with pytest.raises(ValueError, match=said):
        search_for(SMALL, A100, gpus, batch)


def test_a_large_search_takes_seconds():
    began = time.perf_counter()
    found = search_for(Model(96, 12_288, 96), A100, 1_024, 1_536)
    assert found.tried > 3_000
    assert time.perf_counter() - began < 5 * 3, "three times the goal, for machines that are busy or slow"
