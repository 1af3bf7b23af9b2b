"""Lesson 27: the planner's estimate and search, and the lesson's own estimate beside it."""

from __future__ import annotations

import statistics

import numpy as np
from scipy.stats import spearmanr

from helpers import lessons, planner
from helpers.planner import costs, estimates
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "27_planner"
GPT3 = planner.Model(96, 12_288, 96, vocab=51_200, positions=2_048)


def bill() -> Row:
    """Five published runs, priced by the lesson's bill and by the planner; the bill leaves details out."""
    build = lessons.load(LESSON)
    runs = planner.cases("megatron_2021_table1")
    return Row(
        "the steps of 5 published runs (library: the planner)",
        {
            "own": lambda: np.array([sum(build.bill(r.model, r.hardware, r.plan).values()) for r in runs]),
            "library": lambda: np.array(
                [planner.estimate(r.model, r.hardware, r.plan).step_seconds for r in runs]
            ),
        },
        agree=lambda results: bool((abs(results["own"] / results["library"] - 1) < 0.1).all()),
    )


def estimate() -> Row:
    """One estimate of 175 billion parameters on 1,536 devices, interleaved."""
    plan = planner.Plan(2_304, 2_048, 8, 8, 24, 2, 2, "interleaved", recompute="full")
    device = planner.hardware("A100-80GB")
    return Row(
        "one estimate: 175 B on 1,536 devices",
        {"library": lambda: planner.estimate(GPT3, device, plan)},
        agree=lambda results: 20 < results["library"].step_seconds < 30,
        goals=(Goal("at most 3 ms", lambda seconds: seconds["library"] <= 3e-3),),
    )


def search_afresh() -> planner.Found:
    """Search as the first one of a session does, with nothing kept from an earlier one."""
    for kept in (estimates._operations, estimates._steps, estimates._held, costs.layer_seconds):
        kept.cache_clear()
    return planner.search(GPT3, planner.hardware("A100-80GB"), 1_024, 1_536)


def search() -> Row:
    """All plans of 175 billion parameters on 1,024 devices."""
    return Row(
        "search: 175 B on 1,024 devices, all plans",
        {"library": search_afresh},
        agree=lambda results: results["library"].tried > 3_000,
        goals=(Goal("at most 5 s", lambda seconds: seconds["library"] <= 5),),
    )


def ranks() -> Row:
    """The rank correlation of ten thousand pairs."""
    build = lessons.load(LESSON)
    generator = np.random.default_rng(27)
    xs, ys = generator.normal(size=(2, 10_000)).tolist()
    return Row(
        "rank correlation of 10⁴ pairs",
        {
            "own": lambda: build.rank_correlation(xs, ys),
            "library": lambda: float(spearmanr(xs, ys).statistic),
        },
        agree=lambda results: abs(statistics.fmean(results.values()) - results["library"]) < 1e-9,
    )


ROWS = (bill, estimate, search, ranks)
