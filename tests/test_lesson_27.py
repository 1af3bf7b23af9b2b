"""Lesson 27: an estimate of five parts, the scoreboard's measures, messages of a plan, and flags."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from scipy.stats import spearmanr

from helpers import exercises, lessons, planner
from helpers.planner import Case, Model, Plan

lesson = lessons.load("27_planner")
A100 = planner.hardware("A100-80GB")
GPT = Model(layers=12, hidden=1_536, heads=24, vocab=10_000, positions=512)


# ---- splits and the floor


def test_every_split_of_six_devices_by_hand():
    shape = Model(layers=3, hidden=8, heads=4, vocab=10)
    base = Plan(6, 16)
    found = {(p.tensor, p.pipeline, p.data, p.micro_batch) for p in lesson.every_split(shape, 6, base)}
    assert found == {(1, 1, 6, 1), (1, 3, 2, 1), (2, 1, 3, 1), (2, 1, 3, 2), (2, 3, 1, 1), (2, 3, 1, 2)}


@pytest.mark.parametrize(("gpus", "heads"), [(8, 24), (24, 12), (96, 12)])
def test_every_split_suits_the_planner_and_none_is_missed(gpus, heads):
    base, shape = Plan(96, 512, zero=1, recompute="selective"), replace(GPT, heads=heads, kv_heads=heads)
    plans = lesson.every_split(shape, gpus, base)
    for plan in plans:
        plan.check(shape)
        assert plan.sequence_parallel == (plan.tensor > 1)
        assert plan.devices == gpus and (plan.zero, plan.recompute) == (1, "selective")
    sizes = {(p.tensor, p.pipeline, p.data, p.micro_batch) for p in plans}
    assert len(sizes) == len(plans)
    for t, p, b in itertools.product((1, 2, 4, 8), range(1, 13), (1, 2, 4)):
        if gpus % (t * p) == 0 and (t, p, gpus // (t * p), b) not in sizes:
            with pytest.raises(ValueError):
                replace(base, tensor=t, pipeline=p, data=gpus // (t * p), micro_batch=b).check(shape)


def test_what_cannot_be_split_is_refused():
    with pytest.raises(ValueError, match="nothing divides 7 devices, 12 layers and 96 texts"):
        lesson.every_split(GPT, 7, Plan(96, 512))


def test_operations_and_parameters_are_those_of_the_planner():
    for shape in (GPT, Model(5, 384, 6, vocab=777, positions=100)):
        assert lesson.step_flops(shape, 7, 96) == pytest.approx(shape.flops(7 * 96, 96, "full"))
        assert lesson.parameters(shape) == pytest.approx(shape.parameters, rel=1e-4)
    one = Model(1, 2, 1, vocab=3)
    assert lesson.step_flops(one, 1, 1) == 96 * 4 * (1 + 1 / 12 + 3 / 32)


# ---- the bill


def test_the_parts_of_a_bill_by_hand():
    shape, plan = Model(4, 512, 8, vocab=1_000), Plan(32, 256, 2, 2, 8, 2)
    assert lesson.collective_time(shape, A100, plan) == pytest.approx(3 * 2 * 2 * 1 * 2 * 512 * 512 / 240e9)
    own = shape.parameters / 4
    adapters, sums = 4, 2 * 7 / 8 * 2 * own  # four of the eight copies share a machine
    assert lesson.end_time(shape, A100, plan) == pytest.approx(
        sums / (25e9 * 0.8 * adapters) + 32 * own / (2.039e12 * 0.8)
    )
    moved = 49 * 512 + (54 * 512 + 20 * 8 * 256) / 2  # bytes of a position in a layer
    assert lesson.kernel_time(shape, A100, plan) == pytest.approx(1_024 * 2 * moved / (2.039e12 * 0.8))
    parts = lesson.bill(shape, A100, plan)
    assert parts["bubble"] == pytest.approx(
        (parts["products"] + parts["kernels"] + parts["collectives"]) * 1 / 2
    )
    twice = lesson.bill(shape, A100, replace(plan, schedule="interleaved", virtual_stages=2))
    assert twice["bubble"] == pytest.approx(parts["bubble"] / 2)


def test_recomputing_whole_layers_waits_for_two_more_sums():
    shape, plan = Model(4, 512, 8, vocab=1_000), Plan(32, 256, 2, 2, 8, 2)
    full = lesson.collective_time(shape, A100, replace(plan, recompute="full"))
    assert full == pytest.approx(5 / 3 * lesson.collective_time(shape, A100, plan))


@pytest.mark.parametrize("tensor", [1, 4])
def test_shallow_products_are_slower_by_their_results_to_write(tensor):
    shape, plan = Model(4, 512, 8, vocab=1_000), Plan(32, 256, tensor, 2, 8, 2)
    k0, h = 312e12 / 2.039e12, 512
    # (width, depth) of queries with keys and values, of what attention found, and of the two of the MLP
    products = [(3 * h / tensor, h), (h, h / tensor), (4 * h / tensor, h), (h, 4 * h / tensor)]
    deep = sum(width * depth for width, depth in products)
    slower = sum(width * depth * (1 + k0 / depth) for width, depth in products) / deep
    flops = shape.flops(32 * 256, 256) / plan.devices
    assert lesson.product_time(shape, A100, plan) == pytest.approx(slower * flops / (312e12 * 0.7))


def test_a_deep_product_runs_at_the_calibrated_share_of_the_peak():
    wide = Model(2, 2**20, 128, vocab=100)
    flops = wide.flops(4 * 64, 64)
    assert lesson.product_time(wide, A100, Plan(4, 64)) == pytest.approx(flops / 312e12 / 0.7, rel=1e-3)


@pytest.mark.parametrize("table", ["megatron_2021_table1", "korthikanti_2022_table5"])
def test_the_bill_meets_the_planner_on_published_plans(table):
    for case in planner.cases(table):
        plan = replace(case.plan, sequence_parallel=False, recompute="full")
        total = sum(lesson.bill(case.model, A100, plan).values())
        assert total == pytest.approx(planner.estimate(case.model, A100, plan).step_seconds, rel=0.1)


@pytest.mark.parametrize("wrong", [{"zero": 1}, {"sequence_parallel": True}, {"schedule": "zb-h1"}])
def test_a_bill_of_what_it_does_not_know_is_refused(wrong):
    with pytest.raises(ValueError, match="1F1B, interleaved or not, without ZeRO"):
        lesson.bill(GPT, A100, replace(Plan(16, 256, 2, 2, 4), **wrong))


# ---- the scoreboard


def test_a_run_that_is_predicted_exactly_has_the_ratio_one():
    plan = Plan(16, 256, 2, 2, 4)
    rate = 1e12 * planner.estimate(GPT, A100, plan).tflops_per_gpu
    assert lesson.ratios([Case("", GPT, A100, plan, rate)]) == pytest.approx([1.0])
    assert lesson.ratios([Case("", GPT, A100, plan, 2 * rate)]) == pytest.approx([0.5])
    assert lesson.ratios([Case("", GPT, A100, plan, rate)], ("bubble",))[0] > 1


def test_errors_by_hand():
    assert lesson.mean_error([0.9, 1.3]) == pytest.approx(0.2)
    assert lesson.constant_error([1.0, 2.0, 2.0]) == pytest.approx(1 / 3)
    assert lesson.constant_error([5.0]) == 0.0


def test_no_constant_guess_is_better_than_the_best_one():
    rates = [137.0, 142.0, 138.0, 148.0, 163.0]
    others = [lesson.mean_error([guess / rate for rate in rates]) for guess in range(100, 200)]
    assert lesson.constant_error(rates) <= min(others) + 1e-12


@pytest.mark.parametrize("n", [2, 5, 8])
def test_rank_correlation_is_scipys(n):
    xs, ys = [place * 37 % 101 for place in range(n)], [(place * 53 + 7) % 97 for place in range(n)]
    assert lesson.rank_correlation(xs, ys) == pytest.approx(spearmanr(xs, ys).statistic)


@pytest.mark.parametrize(("xs", "ys"), [([1, 2], [1, 2, 3]), ([1], [1]), ([1, 1], [1, 2]), ([1, 2], [3, 3])])
def test_ranks_that_are_not_defined_are_refused(xs, ys):
    with pytest.raises(ValueError, match="one length without ties"):
        lesson.rank_correlation(xs, ys)


# ---- messages and flags


def test_bytes_sent_by_hand():
    shape = Model(2, 8, 2, vocab=10)
    layers = 2 * shape.parameters_of_a_layer  # of both, in 16-bit numbers: twice as many bytes
    assert lesson.bytes_sent(shape, Plan(6, 4, data=3)) == pytest.approx(2 * 2 / 3 * 2 * layers)
    activation = 2 * 4 * 8  # a text of 4 positions
    assert lesson.bytes_sent(shape, Plan(6, 4, tensor=2)) == pytest.approx(4 * 2 * 6 * activation)
    assert lesson.bytes_sent(shape, Plan(6, 4, pipeline=2)) == 2 * 6 * activation
    assert lesson.bytes_sent(shape, Plan(6, 4)) == 0


def test_sequence_parallelism_sends_what_tensor_parallelism_sends():
    plan = Plan(32, 256, 4, 2, 4)
    assert lesson.bytes_sent(GPT, replace(plan, sequence_parallel=True)) == pytest.approx(
        lesson.bytes_sent(GPT, plan)
    )


def test_flags_that_agree_name_the_format():
    assert lesson.check_precision() == "float32"
    assert lesson.check_precision(bf16=True) == "bf16"
    assert lesson.check_precision(fp16=True, loss_scale=1024) == "fp16"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"fp16": True, "bf16": True}, "exclude each other"),
        ({"bf16": True, "loss_scale": 8.0}, "for fp16 only, got 8"),
        ({"loss_scale": 8.0}, "for fp16 only"),
        ({"fp16": True, "loss_scale": 0.0}, "positive, got 0"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(flags, said):
    with pytest.raises(ValueError, match=said):
        lesson.check_precision(**flags)


# ---- exercises


def test_the_days_are_those_that_the_paper_gives():
    days = exercises.get("27.days").reference
    assert days(175e9, 300e9, 1_024, 140e12, True) == pytest.approx(34, abs=0.5)
    assert days(1.008e12, 450e9, 3_072, 163e12, True) == pytest.approx(84, abs=0.5)


def test_the_search_of_the_exercise_agrees_with_the_lesson_on_what_divides():
    best = exercises.get("27.plan").reference(24, 12, 24, 96, 1e9, 1e15)
    plans = lesson.every_split(GPT, 24, Plan(96, 512))
    assert best in {(plan.tensor, plan.pipeline, plan.data) for plan in plans}
