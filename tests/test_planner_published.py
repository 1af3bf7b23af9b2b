"""Published runs as cases, and the map of splits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpers import figures, planner
from helpers.planner import Model

TABLES = {
    "megatron_2021_table1": 5,
    "megatron_2021_table2": 12,
    "korthikanti_2022_table5": 4,
    "megatron_core_2024_h100": 5,
}


def test_a_run_by_hand():
    case = planner.cases("megatron_2021_table1")[0]
    assert case.name == "1.7 B" and case.rate == 137e12
    assert (case.plan.data, case.plan.micro_batch, case.plan.micro_batches) == (32, 16, 1)
    flops = case.model.flops(512 * 2_048, 2_048, "full")
    assert case.seconds == pytest.approx(flops / (32 * 137e12))


def test_the_seconds_of_a_case_are_those_that_were_published():
    seconds = [case.seconds for case in planner.cases("korthikanti_2022_table5")]
    assert seconds == pytest.approx([1.42, 1.10, 18.13, 13.75])


@pytest.mark.parametrize(("table", "count"), TABLES.items())
def test_every_published_plan_uses_its_devices_and_fits(table, count):
    cases = planner.cases(table)
    assert len(cases) == count
    for case in cases:
        case.plan.check(case.model)
        assert planner.estimate(case.model, case.hardware, case.plan).fits


def test_the_days_of_table_two_are_those_of_300_billion_tokens():
    from helpers import records

    rows = records.published("megatron_2021_table2")
    for row, case in zip(rows, planner.cases("megatron_2021_table2"), strict=True):
        steps = 300e9 / (case.plan.global_batch * 2_048)
        assert steps * case.seconds / 86_400 == pytest.approx(row["days"], abs=1.0)


def test_interleaved_the_larger_model_of_table_two_would_be_a_few_per_cent_too_fast():
    cases = [one for one in planner.cases("megatron_2021_table2") if one.name.startswith("PTD, 530 B")]
    assert len(cases) == 3
    for case in cases:
        plan = replace(case.plan, schedule="interleaved", virtual_stages=3)
        done = planner.estimate(case.model, case.hardware, plan)
        assert 1.03 < 1e12 * done.tflops_per_gpu / case.rate < 1.08


def test_an_unknown_table_is_refused():
    with pytest.raises(ValueError, match=r"published in megatron_2021_table1, .*; got 'zero_2020_table1'"):
        planner.cases("zero_2020_table1")


A100 = planner.hardware("A100-80GB")


def test_each_split_has_an_estimate_or_the_reason_why_not():
    found = planner.splits(Model(24, 1_536, 12, vocab=32_000), A100, 16, 48)
    assert len(found) == 28
    assert found[8, 2] == "12 heads" and found[1, 16] == "24 layers" and found[4, 8] == "–"
    assert found[4, 2].fits and found[4, 2].step_seconds > 0
    assert planner.splits(Model(24, 1_536, 12, vocab=32_000), A100, 16, 24)[1, 1] == "batch"
    giant = planner.splits(planner.MODELS["gpt-3"], A100, 64, 1_536)
    assert giant[1, 1].endswith(" GB") and int(giant[1, 1][:-3]) > 80


def test_a_split_recomputes_no_more_than_it_must():
    small = planner.splits(Model(4, 512, 8, vocab=1_000), A100, 1, 8, 256)[1, 1]
    assert small.hfu == pytest.approx(small.mfu)


def test_the_map_marks_the_best_split():
    values = {"model": planner.MODELS["gpt-3"], "hardware": A100, "gpus": 64, "global_batch": 1_536}
    said = figures.picture(planner.draw_splits, size=(8, 3), **values).alt
    found = planner.splits(**values)
    best = max(one.mfu for one in found.values() if not isinstance(one, str))
    assert f"{best:.0%} of the peak" in said and said.startswith("7 of 28 splits over 64 × A100-80GB fit")


def test_a_map_without_a_split_that_fits_is_refused():
    with pytest.raises(ValueError, match="None of these splits fits 8 × A100-80GB"):
        values = {"model": planner.MODELS["gpt-3"], "hardware": A100, "gpus": 8, "global_batch": 64}
        figures.picture(planner.draw_splits, size=(8, 3), **values)


def test_what_the_lesson_says_of_its_explorer():
    def best(model, hardware, gpus):
        found = planner.splits(planner.MODELS[model], planner.hardware(hardware), gpus, 2_048)
        good = {place: one.mfu for place, one in found.items() if not isinstance(one, str)}
        return max(good, key=good.__getitem__), len(good)

    few, many = best("gpt-3", "A100-80GB", 64), best("gpt-3", "A100-80GB", 1_024)
    assert many[0][1] < few[0][1], "more copies, a shallower pipeline"
    assert best("gpt-3", "H200-141GB", 64)[1] > few[1], "more memory, fewer grey fields"
    assert best("llama-2-7b", "A100-80GB", 8)[0] == (1, 1), "a small model needs copies only"
