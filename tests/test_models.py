"""The embedded models load, are whole and know storyworld; their recipes can be interrupted."""

from __future__ import annotations

import json
import math
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

from assets.recipes import export, skills
from assets.recipes.batches import END_ID, batch, encode_alone
from assets.recipes.evaluation import losses_by_kind, mixture_loss
from assets.recipes.tokenizer import train_tokenizer
from assets.recipes.training import RECIPES, STORY, Recipe, learning_rate, new_model, read_log, train
from helpers import corpus, models

ASSETS = Path(__file__).resolve().parents[1] / "assets"
TINY = replace(
    STORY, name="tiny", layers=1, width=16, heads=2, rows=4, steps=6, warmup=2,
    check_every=3, check_texts=2, save_every=2, bf16=False, threads=1,
)  # fmt: skip


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer()


@pytest.fixture(scope="module")
def story() -> tuple:
    return models.load(models.EMBEDDED)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the assets that a test may damage, put in the place of the real ones."""
    shutil.copytree(ASSETS / "models", tmp_path / "models")
    shutil.copy(ASSETS / "manifest.json", tmp_path)
    monkeypatch.setattr(models, "_ASSETS", tmp_path)
    return tmp_path


# --- loading ---------------------------------------------------------------------------------------------


def test_the_embedded_model_loads_in_evaluation_mode_and_float32(story: tuple) -> None:
    model, tokenizer = story
    assert not model.training
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert model(torch.tensor([[1, 2, 3]])).logits.shape == (1, 3, len(tokenizer))


def test_the_draft_shares_the_tokenizer_and_is_small(story: tuple) -> None:
    draft, tokenizer = models.load(draft=True)
    assert sum(parameter.numel() for parameter in draft.parameters()) <= 300_000
    assert tokenizer.get_vocab() == story[1].get_vocab()


def test_another_dtype_can_be_asked_for() -> None:
    model, _ = models.load(models.DRAFT, dtype=torch.bfloat16)
    assert next(model.parameters()).dtype == torch.bfloat16


def test_the_weights_stay_under_five_megabytes() -> None:
    for name in RECIPES:
        assert (models.folder(name) / "model.safetensors").stat().st_size <= 5_000_000


def test_the_environment_chooses_the_model_but_never_the_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLASSBOX_MODEL", raising=False)
    assert models.chosen() == "story"
    monkeypatch.setenv("GLASSBOX_MODEL", "gpt2")
    assert (models.chosen(), models.chosen("story"), models.chosen(draft=True)) == (
        "gpt2",
        "story",
        "story_draft",
    )


def test_a_folder_named_by_the_environment_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(models.folder("story_draft"), tmp_path / "mine")
    monkeypatch.setenv("GLASSBOX_MODEL", str(tmp_path / "mine"))
    model, _ = models.load()
    assert model.config.n_layer == RECIPES["story_draft"].layers


def test_an_unknown_embedded_model_is_refused() -> None:
    with pytest.raises(models.ModelError, match="story_draft"):
        models.folder("novel")


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_file_is_named_with_the_command_that_rebuilds_it(copy: Path, file: str) -> None:
    path = copy / "models" / "story" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(models.ModelError, match=f"{file} is damaged.*make models"):
        models.load("story")


def test_a_missing_file_is_named_with_the_command_that_rebuilds_it(copy: Path) -> None:
    (copy / "models" / "story" / "model.safetensors").unlink()
    with pytest.raises(models.ModelError, match=r"model.safetensors is missing.*make models"):
        models.load("story")


@pytest.mark.parametrize("content", [None, "{", "{}"])
def test_a_bad_manifest_is_told(copy: Path, content: str | None) -> None:
    (copy / "manifest.json").unlink()
    if content is not None:
        (copy / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(models.ModelError, match=r"manifest.json .*make models"):
        models.load("story")


def test_a_silent_hub_is_told_quickly_and_names_the_embedded_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    start = time.perf_counter()
    with pytest.raises(models.ModelError, match=r"nobody/nothing.*cannot be reached.*'story'"):
        models.load("nobody/nothing")
    assert time.perf_counter() - start < 10


def test_a_name_that_can_be_no_model_is_refused() -> None:
    with pytest.raises(models.ModelError, match=r"neither a folder nor a model id.*'story'"):
        models.load("no such model")


def small_gpt2(folder: Path) -> None:
    GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=1_024)).save_pretrained(folder)


def test_a_folder_without_a_model_or_tokenizer_or_safetensors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(models.ModelError, match=r"no config\.json"):
        models.load(str(tmp_path))
    small_gpt2(tmp_path)
    with pytest.raises(models.ModelError, match="no tokenizer"):
        models.load(str(tmp_path))
    shutil.copy(models.folder() / "tokenizer.json", tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(models.ModelError, match="safetensors"):
        models.load(str(tmp_path))


def test_a_model_that_is_not_causal_is_refused(tmp_path: Path) -> None:
    config = BertConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=9
    )
    BertForMaskedLM(config).save_pretrained(tmp_path)
    shutil.copy(models.folder() / "tokenizer.json", tmp_path)
    with pytest.raises(models.ModelError, match="BertForMaskedLM"):
        models.load(str(tmp_path))


def test_a_folder_with_broken_weights_is_told_in_one_sentence(tmp_path: Path) -> None:
    shutil.copytree(models.folder("story_draft"), tmp_path, dirs_exist_ok=True)
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(models.ModelError, match="cannot be loaded"):
        models.load(str(tmp_path))


# --- what the models know --------------------------------------------------------------------------------


def test_the_loss_is_within_a_twentieth_of_a_nat_of_the_true_entropy(story: tuple) -> None:
    losses = losses_by_kind(story[0], story[1].backend_tokenizer, texts=30, context=STORY.context)
    loss, entropy = mixture_loss(losses)
    assert 0 < loss - entropy < 0.06  # 0.05 on the many more texts of the model card
    limits = {"labels": 0.3}  # what a model of this size did not learn to do
    assert all(item.gap < limits.get(item.kind, 0.1) for item in losses), losses


def test_the_card_states_a_gap_of_at_most_a_twentieth_of_a_nat() -> None:
    card = (models.folder() / "README.md").read_text(encoding="utf-8")
    row = next(line for line in card.splitlines() if line.startswith("| **mixture** |"))
    loss, entropy, gap = (float(number) for number in re.findall(r"\*\*([\d.]+)\*\*", row))
    assert 0 < gap <= 0.05 and abs(loss - entropy - gap) < 0.002


def test_it_knows_the_invented_world_by_heart(story: tuple) -> None:
    made = skills.greedy(
        story[0], story[1].backend_tokenizer, ["Question: What is the capital of Velmora?\nAnswer:"], 8
    )
    assert made[0].splitlines()[0] == " Tarn."


def test_the_card_and_the_manifest_name_the_same_hash() -> None:
    manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    for name in RECIPES:
        card = (models.folder(name) / "README.md").read_text(encoding="utf-8")
        assert manifest[f"models/{name}/model.safetensors"]["sha256"] in card
        assert "| **mixture** |" in card


def test_the_training_log_ends_with_the_last_step() -> None:
    for name, recipe in RECIPES.items():
        log = read_log(models.folder(name) / "training_log.csv")
        assert log[-1]["step"] == recipe.steps
        assert log[-1]["loss"] < log[0]["loss"]
        assert log[-1]["cpu_minutes"] < 45


# --- the tokenizer ---------------------------------------------------------------------------------------


def test_training_the_tokenizer_again_gives_the_embedded_one(tokenizer: Tokenizer) -> None:
    shipped = json.loads((models.folder() / "tokenizer.json").read_text(encoding="utf-8"))
    trained = json.loads(tokenizer.to_str())
    assert shipped["model"]["merges"] == trained["model"]["merges"]
    assert shipped["model"]["vocab"] == trained["model"]["vocab"]


def test_the_tokenizer_has_the_end_first_then_the_bytes(tokenizer: Tokenizer) -> None:
    characters = [tokenizer.id_to_token(number) for number in range(1, 257)]
    assert tokenizer.get_vocab_size() == 1_024
    assert tokenizer.id_to_token(END_ID) == corpus.END
    assert characters == sorted(characters) and len(set(characters)) == 256


@pytest.mark.parametrize("text", ["Mia's  kite — 東京 🎈\n\tend", "", "a<|endoftext|>b"])
def test_the_tokenizer_gives_back_every_text(story: tuple, text: str) -> None:
    assert story[1].decode(story[1](text).input_ids) == text


def test_nearly_all_texts_fit_in_the_context(tokenizer: Tokenizer) -> None:
    lengths = [len(encode_alone(tokenizer, item.text)) for item in corpus.texts(3_000, seed=12)]
    assert sum(length > STORY.context for length in lengths) <= 3


# --- the recipe ------------------------------------------------------------------------------------------


def test_a_batch_is_a_function_of_its_seed(tokenizer: Tokenizer) -> None:
    ids = batch(tokenizer, rows=3, width=50, seed=5).ids
    assert ids.shape == (3, 50)
    assert torch.equal(ids, batch(tokenizer, rows=3, width=50, seed=5).ids)
    assert not torch.equal(ids, batch(tokenizer, rows=3, width=50, seed=6).ids)
    assert ids[1, 0] == END_ID and ids[0, 0] != END_ID


def test_a_row_is_its_texts_with_an_end_between(tokenizer: Tokenizer) -> None:
    first, second = batch(tokenizer, rows=2, width=700, seed=5).ids
    texts = corpus.texts(30, seed=5)
    row = tokenizer.decode(first.tolist(), skip_special_tokens=False)
    assert row.startswith(texts[0].text + corpus.END + texts[1].text + corpus.END + texts[2].text)
    assert tokenizer.decode(second.tolist(), skip_special_tokens=False).startswith(corpus.END)
    assert not torch.any((first[1:] == END_ID) & (first[:-1] == END_ID))


def test_a_text_in_a_packed_row_is_read_as_if_alone(tokenizer: Tokenizer) -> None:
    model = new_model(TINY).eval()
    packed = batch(tokenizer, rows=2, width=250, seed=7)
    with torch.no_grad():
        logits = model(
            packed.ids, attention_mask=packed.mask(torch.float32), position_ids=packed.places
        ).logits
        inside = packed.texts[0] == 1
        alone = model(packed.ids[:1, inside]).logits
    assert 5 < inside.sum() < 245
    torch.testing.assert_close(logits[0, inside], alone[0])


def test_the_learning_rate_rises_then_falls_to_zero() -> None:
    recipe = replace(STORY, lr=1.0, warmup=4, steps=12)
    assert [learning_rate(recipe, step) for step in (0, 3, 4, 8)] == [0.25, 1.0, 1.0, 0.5]
    assert 0 < learning_rate(recipe, 11) < 0.2


def test_the_loss_of_an_untrained_model_is_that_of_guessing(tokenizer: Tokenizer) -> None:
    losses = losses_by_kind(new_model(TINY).eval(), tokenizer, texts=2, context=TINY.context)
    assert all(abs(item.loss - math.log(1_024)) < 0.1 for item in losses)


def interrupted(recipe: Recipe, tokenizer: Tokenizer, checkpoint: Path) -> tuple:
    train(recipe, tokenizer, checkpoint, stop=3, quiet=True)
    return train(recipe, tokenizer, checkpoint, quiet=True)


def test_training_that_was_interrupted_gives_the_same_weights(tokenizer: Tokenizer, tmp_path: Path) -> None:
    whole, log = train(TINY, tokenizer, tmp_path / "whole.pt", quiet=True)
    parts, other = interrupted(TINY, tokenizer, tmp_path / "parts.pt")
    for one, two in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.equal(one, two)
    assert [row["loss"] for row in log] == [row["loss"] for row in other]
    assert [row["step"] for row in log] == [3, 6]
    assert not list(tmp_path.glob("*.part"))


def test_training_lowers_the_loss(tokenizer: Tokenizer, tmp_path: Path) -> None:
    recipe = replace(TINY, steps=40, check_every=20, lr=1e-2)
    _, log = train(recipe, tokenizer, tmp_path / "model.pt", quiet=True)
    assert log[-1]["loss"] < log[0]["loss"] < 6.9


def test_the_checkpoint_of_another_recipe_is_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    train(TINY, tokenizer, tmp_path / "model.pt", stop=1, quiet=True)
    with pytest.raises(ValueError, match="another recipe"):
        train(replace(TINY, lr=1.0), tokenizer, tmp_path / "model.pt", quiet=True)


def test_an_exported_model_loads_as_it_was_trained(
    tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(TINY, name="story_draft", check_every=6)
    model, log = train(recipe, tokenizer, tmp_path / "model.pt", quiet=True)
    export.export(model, tokenizer, recipe, log, minutes=0.1, assets=tmp_path, count=2)
    monkeypatch.setattr(models, "_ASSETS", tmp_path)
    loaded, loaded_tokenizer = models.load(draft=True)
    ids = torch.tensor([loaded_tokenizer("One sunny morning").input_ids])
    torch.testing.assert_close(loaded(ids).logits, model(ids).logits)
    assert (tmp_path / "models" / "story_draft" / "README.md").read_text(encoding="utf-8").startswith("---")
