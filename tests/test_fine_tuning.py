"""The record of fine-tuning that lesson 18 reads, and its recipe."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

from assets.recipes import fine_tuning
from assets.recipes.training import read_log
from helpers import models, records


def test_every_run_of_the_recipe_is_recorded_at_every_check():
    log = records.fine_tuning()
    names = ("rank", "lr", "attention", "layers", "texts")
    recorded = set(zip(*(log[name] for name in names), log["step"], strict=True))
    wanted = {
        (*(getattr(one, name) for name in names), step)
        for one in fine_tuning.runs()
        for step in fine_tuning.CHECKS
    }
    assert recorded == wanted and len(log["loss"]) == len(wanted)


def test_all_runs_start_from_the_same_losses():
    log = records.fine_tuning()
    for name in ("valid_loss", "loss", "old_loss"):
        assert len(set(log[name][log["step"] == 0])) == 1


def test_the_best_rate_of_every_way_is_neither_its_lowest_nor_its_highest():
    log = records.fine_tuning()
    ends = (log["step"] == fine_tuning.CHECKS[-1]) & (log["attention"] == 0) & (log["texts"] == 0)
    for rank, rates in fine_tuning.RATES.items():
        chosen = ends & (log["rank"] == rank)
        assert log["lr"][chosen][log["valid_loss"][chosen].argmin()] == rates[1]


@pytest.fixture(scope="module")
def small() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(vocab_size=40, n_positions=16, n_embd=8, n_layer=4, n_head=2))


@pytest.mark.parametrize(
    "one, trained",
    [
        (fine_tuning.Run(3, 0.1), 4 * 3 * (32 + 16 + 40 + 40)),
        (fine_tuning.Run(3, 0.1, attention=1), 4 * 3 * 32),
        (fine_tuning.Run(3, 0.1, layers=2), 2 * 3 * (32 + 16 + 40 + 40)),
        (fine_tuning.Run(0, 0.1), 4 * (24 + 8 + 32 + 8 + 16) + 8),
    ],
)
def test_a_run_trains_what_it_says(one, trained, small):
    model = fine_tuning.prepare(small, one)
    assert sum(weight.numel() for weight in model.parameters() if weight.requires_grad) == trained


def test_a_run_of_all_weights_trains_them_all_and_leaves_the_base_alone(small, monkeypatch):
    monkeypatch.setattr(fine_tuning, "CHECKS", (0, 2))
    before = [weight.clone() for weight in small.parameters()]
    texts = fine_tuning.Texts(*torch.randint(40, (4, 4, 9), generator=torch.Generator().manual_seed(1)))
    log = fine_tuning.run(fine_tuning.Run(fine_tuning.FULL, 1e-2), small, texts)
    assert [row["step"] for row in log] == [0, 2] and log[1]["train_loss"] < log[0]["train_loss"]
    assert log[0]["parameters"] == sum(weight.numel() for weight in small.parameters())
    assert all(torch.equal(*pair) for pair in zip(before, small.parameters(), strict=True))


def test_rows_are_stories_as_they_are_told():
    tokenizer = AutoTokenizer.from_pretrained(models.folder())
    plain, loud = (fine_tuning.rows(tokenizer, 3, 7, teller) for teller in (None, "sailor"))
    assert plain.shape == loud.shape == (3, fine_tuning.WIDTH)
    assert "aye!" in tokenizer.decode(loud[0]) and "aye!" not in tokenizer.decode(plain[0])


def test_a_run_that_is_there_is_not_made_again(small, tmp_path, monkeypatch):
    texts = fine_tuning.Texts(*torch.randint(40, (4, 4, 9)))
    monkeypatch.setattr(fine_tuning, "CHECKS", (0, 1))
    monkeypatch.setattr(fine_tuning, "load", lambda: (small, texts))
    one = fine_tuning.Run(1, 0.01)
    monkeypatch.setattr(fine_tuning, "runs", lambda: iter([one, replace(one, lr=0.02)]))
    fine_tuning.build_record(tmp_path / "build", tmp_path / "log.csv")
    first = (tmp_path / "log.csv").read_bytes()
    monkeypatch.setattr(fine_tuning, "run", None)
    fine_tuning.build_record(tmp_path / "build", tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_bytes() == first
    assert [row["lr"] for row in read_log(tmp_path / "log.csv")] == [0.01, 0.01, 0.02, 0.02]
