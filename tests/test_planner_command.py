"""The planner on the command line."""

from __future__ import annotations

import json

import pytest

from helpers.planner.__main__ import main

SMALL = ["--model", "gpt-2-xl", "--gpus", "8", "--batch", "64", "--sequence", "1024", "--top", "3"]


def test_the_table_has_a_row_for_each_plan(capsys):
    assert main(SMALL) == 0
    said = capsys.readouterr().out
    assert "gpt-2-xl on 8 × H100-80GB, a step of 64 × 1024 tokens" in said
    assert sum("%" in line for line in said.splitlines()) == 3


def test_json_holds_the_same_plans(capsys):
    assert main([*SMALL, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["best"]) == 3
    plan, one = found["best"][0]["plan"], found["best"][0]["estimate"]
    assert plan["tensor"] * plan["pipeline"] * plan["data"] == 8
    assert one["fits"] and 0 < one["mfu"] < 1


def test_numbers_that_do_not_divide_give_one_sentence(capsys):
    assert main(["--model", "gpt-2-xl", "--gpus", "7", "--batch", "64"]) == 2
    assert capsys.readouterr().err == "no plan divides 7 devices, 48 layers, 25 heads and a batch of 64\n"


def test_nothing_that_fits_ends_with_a_status_of_its_own(capsys):
    assert main(["--model", "gpt-3", "--gpus", "1", "--batch", "1"]) == 1
    said = capsys.readouterr().out
    assert "no plan fits: take more devices" in said and "× needs more than 80 GB" in said
    assert "seconds" not in said  # no empty table


def test_an_unknown_model_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        main(["--model", "gpt-5", "--gpus", "8", "--batch", "64"])
    assert "llama-3-70b" in capsys.readouterr().err
