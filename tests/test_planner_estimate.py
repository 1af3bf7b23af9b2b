"""Predicted training steps beside published ones, and the guess that any prediction has to beat."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from dataclasses import replace

import pytest

from helpers import planner
from helpers.planner import Model, Plan
from helpers.planner.candidates import _plans  # everything that a search tries
from helpers.planner.costs import all_reduce_seconds, layer_seconds, product_seconds
from helpers.planner.estimates import _costs, _events_seconds, _pipeline_seconds

A100 = planner.hardware("A100-80GB")

# Narayanan et al. (2021), arXiv:2104.04473, table 1: layers, hidden, heads, tensor, pipeline, GPUs, batch;
# micro-batch and virtual stages from the scripts that accompany it; teraflops a GPU. V = 51,200, s = 2,048.
MEGATRON = [
    ((24, 2_304, 24), (1, 1, 32, 512, 16, 1), 137),
    ((36, 4_096, 32), (4, 1, 128, 512, 16, 1), 142),
    ((48, 8_192, 64), (8, 2, 512, 1_536, 4, 1), 138),
    ((80, 12_288, 96), (8, 8, 1_536, 2_304, 2, 2), 148),
    ((105, 20_480, 128), (8, 35, 2_520, 2_520, 1, 3), 163),
]
# Korthikanti et al. (2022), arXiv:2205.05198, table 5: the same shapes, then seconds with full recomputation,
# and with selective recomputation and sequence parallelism.
KORTHIKANTI = [
    ((48, 6_144, 64), (8, 1, 8, 4, 4, 1), (1.42, 1.10)),
    ((96, 12_288, 96), (8, 8, 64, 64, 1, 3), (18.13, 13.75)),
]
# The same, table 4: milliseconds of one layer of the 22B model, forward and backward.
LAYER = {
    (False, "none"): (7.7, 11.9),
    (True, "none"): (7.2, 11.8),
    (False, "full"): (7.7, 19.5),
    (False, "selective"): (7.7, 13.2),
    (True, "selective"): (7.2, 13.1),
}


def megatron_plan(sizes, **changes):
    tensor, pipeline, gpus, batch, micro_batch, virtual = sizes
    named = {"schedule": "interleaved" if virtual > 1 else "1f1b", "recompute": "full"} | changes
    data = gpus // tensor // pipeline
    return Plan(batch, 2_048, tensor, pipeline, data, micro_batch, virtual, **named)


def model(layers, hidden, heads):
    return Model(layers, hidden, heads, vocab=51_200, positions=2_048)


def test_megatrons_runs_are_predicted_within_a_few_percent_and_better_than_by_a_constant():
    errors, published = [], [teraflops for *_, teraflops in MEGATRON]
    for shape, sizes, teraflops in MEGATRON:
        predicted = planner.estimate(model(*shape), A100, megatron_plan(sizes)).tflops_per_gpu
        errors.append(abs(predicted / teraflops - 1))
    constant = min(
        statistics.mean(abs(guess / teraflops - 1) for teraflops in published) for guess in range(130, 170)
    )
    assert max(errors) < 0.1
    assert statistics.mean(errors) < 0.05
    assert statistics.mean(errors) < constant


@pytest.mark.parametrize(("gpus", "teraflops"), [(384, 153), (768, 149), (1_536, 141)])
def test_runs_that_were_not_used_for_calibration_are_predicted_too(gpus, teraflops):
    """Narayanan et al. (2021), table 2: 174.6 billion parameters over 8 × 12 devices, micro-batches of one.

    The same table has runs with ZeRO 3, at 144, 88 and 44 teraflops, which are predicted far too fast: their
    messages reached a small part of the network's bandwidth.
    """
    plan = megatron_plan((8, 12, gpus, 1_536, 1, 1))
    predicted = planner.estimate(model(96, 12_288, 96), A100, plan).tflops_per_gpu
    assert predicted == pytest.approx(teraflops, rel=0.06)


@pytest.mark.parametrize(("shape", "sizes", "seconds"), KORTHIKANTI)
def test_korthikantis_steps_are_predicted_within_five_percent(shape, sizes, seconds):
    full, selective = seconds
    sequence_parallel = {"recompute": "selective", "sequence_parallel": True}
    for published, changes in ((full, {}), (selective, sequence_parallel)):
        predicted = planner.estimate(model(*shape), A100, megatron_plan(sizes, **changes))
        assert predicted.step_seconds == pytest.approx(published, rel=0.05)
        assert predicted.fits


@pytest.mark.parametrize(("options", "published"), LAYER.items())
def test_a_layer_takes_about_the_published_time(options, published):
    sequence_parallel, recompute = options
    layer = layer_seconds(model(48, 6_144, 64), A100, 2_048, 4, 8, sequence_parallel, recompute)
    backward = layer.backward_input + layer.backward_weight + layer.recompute
    assert 1e3 * layer.forward == pytest.approx(published[0], rel=0.1)
    assert 1e3 * backward == pytest.approx(published[1], rel=0.1)


def test_megatron_on_h100_with_the_best_settings_that_fit():
    """Megatron-Core r0.8, README: s = 4,096; the best micro-batch and virtual stages, as none are given."""
    errors = []
    for shape, (tensor, pipeline, data, batch), mfu in (
        ((24, 2_048, 16), (1, 1, 48, 192), 0.41),
        ((32, 6_144, 48), (4, 1, 48, 192), 0.49),
        ((84, 8_192, 64), (8, 2, 48, 384), 0.42),
        ((96, 12_288, 96), (8, 6, 48, 1_152), 0.44),
        ((112, 18_432, 144), (8, 16, 48, 3_072), 0.47),
    ):
        found = []
        for micro_batch in (1, 2, 4):
            for virtual in (1,) if pipeline == 1 else (2, 7, 14, 16):
                plan = Plan(batch, 4_096, tensor, pipeline, data, micro_batch, virtual, zero=1, flash=True)
                kind = "interleaved" if virtual > 1 else "1f1b"
                plan = Plan(
                    **vars(plan) | {"schedule": kind, "sequence_parallel": tensor > 1, "overlap_data": True}
                )
                try:
                    found.append(planner.estimate(model(*shape), planner.hardware("H100-80GB"), plan))
                except ValueError:
                    continue  # this many virtual stages do not divide the layers
        best = max(estimate.mfu for estimate in found if estimate.fits)
        errors.append(abs(best / mfu - 1))
    assert statistics.mean(errors) < 0.06
    assert max(errors) < 0.1


@pytest.mark.parametrize("micro_batches", [20, 21, 40, 83])
def test_a_long_step_is_extended_as_if_all_of_it_were_simulated(micro_batches):
    """More micro-batches than are simulated: the rest follows at the same distance, with zb-v nearly so."""
    shape = Model(8, 512, 8, vocab=1_000)
    for schedule, virtual in [
        ("gpipe", 1),
        ("1f1b", 1),
        ("interleaved", 2),
        ("zb-h1", 1),
        ("zb-h2", 1),
        ("zb-v", 2),
    ]:
        if schedule == "interleaved" and micro_batches % 4:
            continue
        plan = Plan(micro_batches, 256, 1, 4, 1, 1, virtual, schedule)
        costs = _costs(shape, A100, plan)
        whole = _events_seconds(plan, micro_batches, costs)
        near = 1e-2 if schedule == "zb-v" else 1e-9
        assert _pipeline_seconds(plan, costs) == pytest.approx(whole, rel=near), schedule


def test_what_each_choice_does():
    shape = model(48, 8_192, 64)
    plan = Plan(512, 2_048, 8, 4, 4, 2, recompute="full")

    def changed(**changes):
        return planner.estimate(shape, A100, Plan(**vars(plan) | changes))

    base = changed()
    assert (
        changed(recompute="none").step_seconds
        < changed(recompute="selective").step_seconds
        < base.step_seconds
    )
    assert changed(recompute="none").peak_bytes > changed(recompute="selective").peak_bytes > base.peak_bytes
    assert changed(zero=1).peak_bytes > changed(zero=2).peak_bytes > changed(zero=3).peak_bytes
    assert changed(zero=3).step_seconds > changed(zero=1).step_seconds
    assert changed(overlap_data=True).exposed_communication_seconds < base.exposed_communication_seconds
    assert changed(schedule="interleaved", virtual_stages=3).bubble < base.bubble
    assert changed(schedule="zb-h1").bubble < base.bubble
    assert changed(schedule="gpipe").peak_bytes > base.peak_bytes
    assert base.hfu > base.mfu
    assert base.hfu == pytest.approx(base.tflops_per_gpu * 1e12 / 312e12)


def test_each_part_can_be_left_out_and_its_time_goes():
    shape, sizes, _ = MEGATRON[3]
    plan = megatron_plan(sizes)
    whole = planner.estimate(model(*shape), A100, plan)
    for part in planner.PARTS:
        one = planner.estimate(model(*shape), A100, plan, without=part)
        assert one.step_seconds < whole.step_seconds, part
        assert one.peak_bytes == whole.peak_bytes
        assert one.mfu > whole.mfu
    ideal = planner.estimate(model(*shape), A100, plan, without=planner.PARTS)
    assert ideal.exposed_communication_seconds == 0.0 and ideal.bubble == 0.0
    arithmetic = model(*shape).flops(plan.global_batch * 2_048, 2_048, "full") / plan.devices / 312e12
    bare = arithmetic / A100.matmul_efficiency  # the last device has the head too, so it has a little more
    assert bare < ideal.step_seconds < 1.03 * bare


def test_one_part_by_hand():
    """One device, one layer: without kernels and curve, a step is its operations at 70 % of the peak."""
    shape, plan = Model(1, 256, 2, vocab=512), Plan(3, 128)
    bare = planner.estimate(shape, A100, plan, without=["small kernels", "efficiency curve"]).step_seconds
    assert bare == pytest.approx(shape.flops(3 * 128, 128) / 312e12 / 0.70)


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match="efficiency curve; got coffee, stragglers"):
        planner.estimate(Model(2, 64, 2), A100, Plan(2, 8), without=["stragglers", "bubble", "coffee"])


@pytest.mark.parametrize("gpus", [4, 8, 24])
def test_an_estimate_lies_between_its_bounds(gpus):
    shape, counted = Model(8, 2_048, 16, vocab=32_000), 0
    for plan in _plans(shape, A100, gpus, 48, 2_048, {"flash": False, "overlap_data": True}, Counter()):
        seconds = planner.estimate(shape, A100, plan).step_seconds
        assert planner.at_least(shape, A100, plan)[0] <= seconds * (1 + 1e-9)
        assert seconds <= planner.at_most(shape, A100, plan) * (1 + 1e-9), plan
        counted += 1
    assert counted > 40


def test_a_long_zb_v_schedule_keeps_its_last_device_busy():
    """Its first rounds are shorter than the work of a device, so they cannot be extended as they are."""
    shape = Model(24, 4_096, 32, vocab=32_000)
    plan = Plan(480, 2_048, pipeline=2, data=2, virtual_stages=2, schedule="zb-v", recompute="full")
    seconds, least = planner.estimate(shape, A100, plan).step_seconds, planner.at_least(shape, A100, plan)[0]
    assert least < seconds < 1.001 * least


def test_what_does_not_fit_says_why():
    tight = planner.estimate(model(96, 12_288, 96), A100, Plan(8, 2_048))
    assert not tight.fits
    assert tight.why.startswith("does not fit: needs ") and tight.why.endswith("of 80 GB")


def test_a_product_by_hand():
    # 2 · 1000 · 1000 · 1530 operations at 312e12 a second, 2 · 1000 · 1000 bytes at 2.039e12, 70 % of both
    assert product_seconds(A100, 1_000, 1_000, 1_530) == pytest.approx((9.808e-6 + 0.981e-6) / 0.70, rel=1e-3)


def test_an_all_reduce_by_hand():
    inside = 14 * 5e-6 + 1.75 * 1e9 / (300e9 * 0.77)
    assert all_reduce_seconds(A100, 1e9, 8, 8) == pytest.approx(inside)
    across = 2 * 15 * 5e-6 + 2 * 15 / 16 * 1e9 / (25e9 * 0.8 * 2)
    assert all_reduce_seconds(A100, 1e9, 16, 2) == pytest.approx(across)
    assert all_reduce_seconds(A100, 1e9, 1, 1) == 0.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tensor": 3}, "heads=32 is not divisible by tensor=3"),
        ({"pipeline": 5}, "layers=36 is not divisible by pipeline=5 × virtual_stages=1"),
        ({"data": 3}, "global_batch=512 is not divisible by data=3 × micro_batch=1"),
        ({"schedule": "dualpipe"}, "got schedule='dualpipe'"),
        ({"zero": 4}, "zero=4"),
        ({"virtual_stages": 2}, "the schedule 1f1b wants virtual_stages=1, got 2"),
        ({"schedule": "zb-v"}, "the schedule zb-v wants virtual_stages=2, got 1"),
        (
            {"schedule": "interleaved", "virtual_stages": 2, "pipeline": 6},
            "whole rounds of micro-batches, got 512 micro-batches and pipeline=6",
        ),
        ({"micro_batch": 0}, "every size of a plan is at least 1"),
    ],
)
def test_a_plan_that_does_not_fit_the_model_is_refused(changes, said):
    plan = Plan(**vars(Plan(512, 2_048)) | changes)
    with pytest.raises(ValueError, match=said):
        planner.estimate(model(36, 4_096, 32), A100, plan)


def test_an_unknown_device_is_refused():
    with pytest.raises(ValueError, match=r"hardware is one of V100-32GB, .*, got 'A100'"):
        planner.hardware("A100")


def test_an_estimate_is_quick():
    shape, sizes, _ = MEGATRON[3]
    plan, best = megatron_plan(sizes), 1.0
    for _ in range(20):
        began = time.perf_counter()
        planner.estimate(model(*shape), A100, plan)
        best = min(best, time.perf_counter() - began)
    assert best < 0.003 * 3, "three times the goal, for machines that are busy or slow"


@pytest.mark.parametrize("wrong", [{"network_bandwidth": 0}, {"memory_bytes": -1}, {"matmul_efficiency": 70}])
def test_hardware_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="positive, its efficiency at most 1"):
        replace(A100, **wrong)
