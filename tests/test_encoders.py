"""The encoders make unit vectors and scores of texts, whatever stands beside them; what is broken is told."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel

from helpers import encoders, models
from helpers.encoders import Encoder, Reranker

ASSETS = Path(__file__).resolve().parents[1] / "assets"
TEXTS = [
    "The ferry sails at six.",
    "goose",
    "A very long notice about the tide mill, its wheel and its cogs. " * 40,
    "Eel pie on Thursdays, and not before eleven.",
    "What does the harbour master charge a visiting boat?",
]
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def no_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GLASSBOX_ENCODER", "GLASSBOX_RERANKER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return encoders.encoder()


@pytest.fixture(scope="module")
def reranker() -> Reranker:
    return encoders.reranker()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the assets that a test may damage, put in the place of the real ones."""
    for name in (encoders.ENCODER, encoders.RERANKER, "light_reranker"):
        shutil.copytree(ASSETS / "models" / name, tmp_path / "models" / name)
    shutil.copy(ASSETS / "manifest.json", tmp_path)
    monkeypatch.setattr(models, "_ASSETS", tmp_path)
    return tmp_path


# --- vectors ---------------------------------------------------------------------------------------------


def test_every_text_becomes_a_unit_vector(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.width) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.width)


def test_an_encoder_that_remembers_works_each_text_out_once(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    plain = encoder.encode
    monkeypatch.setattr(encoder, "encode", lambda texts, size=32: asked.extend(texts) or plain(texts, size))
    twice = encoders.Remembering(encoder)
    rows = twice.encode([*TEXTS, TEXTS[1]])
    np.testing.assert_allclose(rows, plain([*TEXTS, TEXTS[1]]), **CLOSE)
    np.testing.assert_array_equal(twice.encode([TEXTS[3], "new", TEXTS[0]])[[0, 2]], rows[[3, 0]])
    assert asked == [*TEXTS, "new"]
    assert twice.encode([]).shape == (0, encoder.width) and twice.encode([]).dtype == np.float32
    with pytest.raises(ValueError, match="not the one text 'goose'"):
        twice.encode("goose")
    with pytest.raises(ValueError, match="is empty"):
        twice.encode([""])


def test_a_vector_is_the_mean_of_the_last_hidden_states(encoder: Encoder) -> None:
    folder = ASSETS / "models" / encoders.ENCODER
    model = AutoModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False)
    batch = AutoTokenizer.from_pretrained(folder)(TEXTS[0], return_tensors="pt")
    with torch.no_grad():
        mean = model(**batch).last_hidden_state[0].mean(dim=0)
    np.testing.assert_allclose(encoder.encode(TEXTS[:1])[0], mean / mean.norm(), **CLOSE)


def test_a_vector_depends_neither_on_the_order_nor_on_the_batch_nor_on_padding(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    np.testing.assert_allclose(encoder.encode(TEXTS[::-1])[::-1], vectors, **CLOSE)
    np.testing.assert_allclose(encoder.encode(TEXTS, batch_size=2), vectors, **CLOSE)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, vectors, **CLOSE)


def test_capitals_do_not_matter_and_what_is_beyond_the_window_is_not_read(encoder: Encoder) -> None:
    long = "The tide. " * encoder.window
    vectors = encoder.encode(["THE FERRY", "the ferry", long, long + "Eel pie."])
    np.testing.assert_allclose(vectors[::2], vectors[1::2], **CLOSE)


def test_a_hundred_thousand_signs_are_read_in_a_moment(encoder: Encoder, reranker: Reranker) -> None:
    start = time.perf_counter()
    assert np.isfinite(encoder.encode(["eel " * 25_000])).all()
    assert np.isfinite(reranker.score("eel " * 25_000, ["eel " * 25_000])).all()
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("empty", ["", "  \n", "\x00\x07"])
def test_an_empty_text_is_refused_by_its_place(encoder: Encoder, reranker: Reranker, empty: str) -> None:
    with pytest.raises(ValueError, match="text 1 is empty"):
        encoder.encode(["eel", empty])
    with pytest.raises(ValueError, match="text 0 is empty"):
        reranker.score("eel", [empty])
    with pytest.raises(ValueError, match="is empty"):
        reranker.score(empty, ["eel"])


def test_one_text_in_the_place_of_a_list_is_refused(encoder: Encoder, reranker: Reranker) -> None:
    with pytest.raises(ValueError, match="give a list of texts, not the one text 'eel'"):
        encoder.encode("eel")
    with pytest.raises(ValueError, match="give a list"):
        reranker.score("eel", "pie")


def test_another_script_has_a_vector_too(encoder: Encoder) -> None:
    vectors = encoder.encode(["渡し船は何時ですか", "Паром"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_the_embedded_encoder_finds_the_answer_behind_other_words(encoder: Encoder) -> None:
    question, *passages = encoder.encode(
        [
            "how much does it cost to cross the sea",
            "A single crossing costs an adult seven nicks; a goat pays half.",
            "The stone nut has twenty cogs since the refit of the mill.",
            "The cat sleeps in the window of the Dispensary.",
        ]
    )
    assert np.argmax(np.stack(passages) @ question) == 0


# --- scores ----------------------------------------------------------------------------------------------


def test_a_score_depends_neither_on_the_order_nor_on_the_batch(reranker: Reranker) -> None:
    scores = reranker.score("when does the ferry sail", TEXTS)
    assert scores.shape == (len(TEXTS),) and scores.dtype == np.float32
    np.testing.assert_allclose(reranker.score("when does the ferry sail", TEXTS[::-1])[::-1], scores, **CLOSE)
    alone = [reranker.score("when does the ferry sail", [text])[0] for text in TEXTS]
    np.testing.assert_allclose(alone, scores, **CLOSE)
    assert reranker.score("ferry", []).shape == (0,)


def test_a_passage_with_the_words_of_the_question_scores_higher_than_another(reranker: Reranker) -> None:
    texts = ["The goose warden counts the geese at dusk.", "The engine of the ferry is an Ostrel D2."]
    assert np.argmax(reranker.score("what engine has the ferry", texts)) == 1


def test_token_types_mark_question_text_and_what_they_share(reranker: Reranker) -> None:
    batch = reranker.inputs(["the ferry"], ["ferry sails"])
    tokens = reranker.tokenizer.convert_ids_to_tokens(batch["input_ids"][0])
    types = list(zip(tokens, batch["token_type_ids"][0].tolist(), strict=True))
    assert types[:3] == [("[CLS]", 0), ("the", 0), ("ferry", 2)]
    assert ("ferry", 3) in types and {kind for token, kind in types[4:] if token != "ferry"} == {1}


def test_a_model_with_two_token_types_gets_those_of_bert(tmp_path: Path) -> None:
    small(BertForSequenceClassification, tmp_path, num_labels=1)
    reader = encoders.reranker(str(tmp_path))
    assert reader.inputs(["the ferry"], ["the ferry"])["token_type_ids"].max() == 1
    assert reader.score("the ferry", TEXTS).shape == (len(TEXTS),)


# --- loading ---------------------------------------------------------------------------------------------


def small(kind: type, folder: Path, **options: int) -> None:
    """Save a tiny model of BERT's kind with the embedded tokenizer."""
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    kind(BertConfig(vocab_size=4_096, **size, **options)).save_pretrained(folder)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(ASSETS / "models" / encoders.ENCODER / file, folder)


def test_the_embedded_models_are_small() -> None:
    limits = {encoders.ENCODER: 5_000_000, encoders.RERANKER: 3_000_000, "light_reranker": 50_000}
    for name, limit in limits.items():
        assert (ASSETS / "models" / name / "model.safetensors").stat().st_size <= limit
    files = [path for name in limits for path in (ASSETS / "models" / name).iterdir()]
    assert sum(path.stat().st_size for path in files) <= 8_000_000


def test_loading_changes_no_random_numbers() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    encoders.encoder(), encoders.reranker(), encoders.light_reranker()
    assert torch.equal(torch.get_rng_state(), state)


def test_an_embedded_model_loads_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    encoders.encoder()
    encoders.reranker()
    assert capfd.readouterr() == ("", "")


def test_the_environment_names_another_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small(BertModel, tmp_path)
    monkeypatch.setenv("GLASSBOX_ENCODER", str(tmp_path))
    assert encoders.encoder().encode(TEXTS).shape == (len(TEXTS), 8)
    assert encoders.encoder(encoders.ENCODER).width > 8


@pytest.mark.parametrize("load", [encoders.encoder, encoders.reranker])
def test_a_silent_hub_is_told_quickly_and_names_the_embedded_model(
    load: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    start = time.perf_counter()
    with pytest.raises(models.ModelError, match=r"nobody/nothing.*cannot be reached.*embedded 're"):
        load("nobody/nothing")
    with pytest.raises(models.ModelError, match=r"neither a folder nor a model id.*embedded 're"):
        load("no such model")
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_file_is_named_with_the_command_that_rebuilds_it(copy: Path, file: str) -> None:
    path = copy / "models" / encoders.ENCODER / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(models.ModelError, match=f"{file} is damaged.*make models"):
        encoders.encoder()


def test_a_missing_file_is_named(copy: Path) -> None:
    for name, load in ((encoders.RERANKER, encoders.reranker), ("light_reranker", encoders.light_reranker)):
        (copy / "models" / name / "model.safetensors").unlink()
        with pytest.raises(models.ModelError, match=rf"{name}.model.safetensors is missing.*make models"):
            load()


def test_a_folder_with_broken_weights_is_told_in_one_sentence(tmp_path: Path) -> None:
    small(BertModel, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(models.ModelError, match=r"cannot be loaded.*the embedded 'retriever' is used"):
        encoders.encoder(str(tmp_path))
