"""The recipe of the models that search: what they learn from, how they learn, and that they can go on."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from assets.recipes.retrieval import (
    bi_encoder,
    cross_encoder,
    light,
    loop,
    questions,
    search,
    texts,
    tokenizer,
)
from assets.recipes.retrieval.questions import Pair
from assets.recipes.training import read_log
from helpers import documents
from helpers.encoders import Encoder, Reranker
from helpers.reranking import FEATURES, LightReranker

TINY = {"width": 16, "heads": 2, "vocab_size": 400, "window": 64, "steps": 4, "warmup": 1, "check_every": 2}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("tokenizer")
    return tokenizer.save_tokenizer(tokenizer.train_tokenizer(TINY["vocab_size"]), folder, TINY["window"])


# --- questions -------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    return " ".join(texts.words(text))


def test_every_document_of_the_handbook_has_questions_to_train_on() -> None:
    with questions.QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {document.id for document in documents.handbook()}
    assert list(rows[0]) == ["id", "question"] and {row["id"] for row in rows} == names
    assert all(plain(row["question"]) for row in rows) and len(rows) >= 5 * len(names)


def test_no_training_question_is_a_labelled_one() -> None:
    labelled = {plain(question.text) for question in documents.questions()}
    trained = [q for half in (True, False) for found in questions.asked(half).values() for q in found]
    assert not labelled & {plain(question) for question in trained}


def test_a_sixth_of_the_questions_is_held_out() -> None:
    kept, held = ([q for found in questions.asked(half).values() for q in found] for half in (False, True))
    assert len(held) == (len(kept) + len(held)) // 6
    with questions.QUESTIONS.open(encoding="utf-8", newline="") as file:
        assert sorted(kept + held) == sorted(row["question"] for row in csv.DictReader(file))


def test_the_same_seed_draws_the_same_pairs_from_different_documents() -> None:
    for collection in texts.COLLECTIONS:
        drawn = questions.pairs(collection, 40, Random(3), 30)
        assert (
            drawn
            == questions.pairs(collection, 40, Random(3), 30)
            != questions.pairs(collection, 40, Random(4), 30)
        )
        assert len({pair.document for pair in drawn}) == 40
        assert all(pair.question.strip() and pair.passage.strip() for pair in drawn)
        assert all(pair.document in pair.alike for pair in drawn)


def test_a_misspelled_word_is_near_the_right_one_and_short_words_stay() -> None:
    rng = Random(1)
    for _ in range(50):
        wrong = questions.misspell("of the harbourmaster", rng).split(" ")
        assert wrong[:2] == ["of", "the"] and abs(len(wrong[2]) - len("harbourmaster")) <= 1


def test_passages_cover_a_text_and_overlap() -> None:
    text = " ".join(map(str, range(100)))
    found = texts.passages(text, size=40, step=30)
    assert [part.split()[0] for part in found] == ["0", "30", "60"] and found[-1].endswith(" 99")
    assert texts.passages("a b", 40, 30) == ["a b"]


def test_bm25_by_hand() -> None:
    scores = texts.BM25(["ferry ferry goat", "goat", "eel pie"], k1=1.5, b=0.75).scores("Ferry, goat!")
    rare, common = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)
    long = 1.5 * (0.25 + 0.75 * 3 / 2)
    assert scores == pytest.approx(
        [rare * 2 / (2 + long) + common / (1 + long), common / (1 + 1.5 * 0.625), 0]
    )


def test_the_tokenizer_splits_unknown_words_and_knows_every_sign_of_ascii(words) -> None:
    assert words.unk_token_id not in words("OS-2214 costs {7} £".replace("£", "#"))["input_ids"]
    assert words.convert_ids_to_tokens([0, 1, 2, 3, 4]) == list(tokenizer.SPECIAL)
    assert words("a", "b")["token_type_ids"] == [0, 0, 0, 1, 1]


# --- losses ----------------------------------------------------------------------------------------------


def test_the_contrastive_loss_spares_documents_that_are_right_too() -> None:
    vectors = F.normalize(torch.randn(3, 8, generator=torch.Generator().manual_seed(0)), dim=-1)
    alone = [Pair("", "", name, frozenset({name})) for name in "abc"]
    logits = vectors @ vectors.T / bi_encoder.TEMPERATURE
    expected = F.cross_entropy(logits, torch.arange(3))
    torch.testing.assert_close(bi_encoder.contrastive_loss(vectors, vectors, alone), expected)
    alike = [Pair("", "", name, frozenset("abc")) for name in "abc"]
    assert bi_encoder.contrastive_loss(vectors, vectors, alike).item() == pytest.approx(0, abs=1e-6)


def test_the_listwise_loss_by_hand() -> None:
    scores = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    loss = cross_encoder.listwise_loss(scores, torch.tensor([True, False]))
    assert loss.item() == pytest.approx((math.log(math.e + 2) - 1 + math.log(3)) / 2)


def test_ranks_and_measures_by_hand() -> None:
    assert search.measure([1, 2, 10]) == pytest.approx({"hit1": 1 / 3, "hit5": 2 / 3, "mrr": 1.6 / 3})
    np.testing.assert_allclose(search.fused(np.array([3.0, 1.0]), np.array([0.0, 9.0])), 1 / 61 + 1 / 62)


# --- training --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let a search see a tenth of each collection."""
    patch, everything = pytest.MonkeyPatch(), texts.entries()
    small = {name: found[:20] for name, found in everything.items()}
    names = {entry.id for entry in small["handbook"]}
    asked = {half: {k: v for k, v in questions.asked(half).items() if k in names} for half in (True, False)}
    for module in (bi_encoder, cross_encoder, search, questions):
        patch.setattr(module, "entries", lambda: small, raising=False)
    for module in (search, cross_encoder, light, questions):
        patch.setattr(module, "asked", lambda held_out=False: asked[held_out], raising=False)
    patch.setattr(cross_encoder, "MADE", dict.fromkeys(texts.COLLECTIONS, 8))
    patch.setattr(light, "MADE", 4)
    yield
    patch.undo()


def test_an_interrupted_training_gives_the_same_models(few, words, tmp_path: Path) -> None:
    recipe = loop.Recipe("tiny", layers=2, lr=1e-3, rows=6, **TINY)
    whole, log = bi_encoder.train_bi_encoder(recipe, words, tmp_path / "whole.pt")
    bi_encoder.train_bi_encoder(recipe, words, tmp_path / "part.pt", stop=2)
    part, again = bi_encoder.train_bi_encoder(recipe, words, tmp_path / "part.pt")
    assert [row["step"] for row in log] == [row["step"] for row in again] == [2, 4]
    for one, other in zip(whole.parameters(), part.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)
    with pytest.raises(ValueError, match="belongs to another recipe"):
        bi_encoder.train_bi_encoder(replace(recipe, lr=1.0), words, tmp_path / "part.pt")
    reader, _ = cross_encoder.train_cross_encoder(recipe, words, whole, tmp_path / "cross.pt")
    assert not torch.equal(
        reader.bert.encoder.layer[0].output.dense.weight, whole.encoder.layer[0].output.dense.weight
    )
    found = search.Search(texts.entries()["handbook"][:20], Encoder(whole, words))
    weights = light.distil(light.lists(found, Reranker(reader, words)), steps=5)
    assert weights["mean"].shape == (len(FEATURES),)
    assert light.lightly_reranked(found, LightReranker(weights), "ferry fare").shape == (len(found.texts),)


def test_a_cross_encoder_starts_from_the_bi_encoder() -> None:
    recipe = loop.Recipe("tiny", layers=2, lr=1e-3, rows=6, **TINY)
    bi = bi_encoder.new_model(recipe)
    cross = cross_encoder.new_model(replace(recipe, layers=1), bi)
    assert cross.config.num_hidden_layers == 1 and cross.config.type_vocab_size == 4
    for one, other in (
        (bi.embeddings.word_embeddings, cross.bert.embeddings.word_embeddings),
        (bi.encoder.layer[0].output.dense, cross.bert.encoder.layer[0].output.dense),
    ):
        assert torch.equal(one.weight, other.weight)


def test_a_group_holds_right_passages_and_wrong_ones_only(few, words) -> None:
    recipe = loop.Recipe("tiny", layers=2, lr=1e-3, rows=6, **TINY)
    found = search.Search(
        texts.entries()["handbook"][:20], Encoder(bi_encoder.new_model(recipe).eval(), words)
    )
    entry = texts.entries()["handbook"][3]
    (group,) = cross_encoder.groups(found, [("goat", entry.alike)], Random(0))
    owners = dict(zip(found.texts + found.bare, 2 * found.owners, strict=True))
    assert {owners[text] for text in group.right} <= entry.alike
    assert (
        not {owners[text] for text in group.wrong} & entry.alike
        and len(group.wrong) >= cross_encoder.WRONG + 1
    )


def test_the_student_learns_what_its_teacher_says() -> None:
    choice = torch.Generator().manual_seed(0)
    seen = torch.randn(200, 10, len(FEATURES), generator=choice)
    told = 3 * seen[..., 0] - 2 * seen[..., 3]
    student = LightReranker(light.distil((seen, told), steps=300))
    hidden = (seen[:50].numpy() - student.weights["mean"]) / student.weights["scale"]
    for layer in ("0", "1"):
        hidden = np.maximum(
            hidden @ student.weights[f"{layer}.weight"].T + student.weights[f"{layer}.bias"], 0
        )
    scores = (hidden @ student.weights["2.weight"].T + student.weights["2.bias"])[..., 0]
    assert (scores.argmax(1) == told[:50].numpy().argmax(1)).mean() > 0.8


@pytest.mark.parametrize("recipe", [loop.BI_ENCODER, loop.CROSS_ENCODER])
def test_the_shipped_log_is_that_of_the_recipe(recipe: loop.Recipe) -> None:
    log = read_log(texts.documents.ASSETS / "models" / recipe.name / "training_log.csv")
    assert [row["step"] for row in log] == list(
        range(recipe.check_every, recipe.steps + 1, recipe.check_every)
    )
    assert log[-1]["mrr"] > 0.4 and log[-1]["train_loss"] < log[0]["train_loss"]
