"""The corpus module: the same texts for everybody, cut at text boundaries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import corpus

ROOT = Path(__file__).resolve().parents[1]


def test_the_same_seed_gives_the_same_texts_and_another_seed_others() -> None:
    assert corpus.texts(20, seed=7) == corpus.texts(20, seed=7)
    assert corpus.texts(20, seed=7) != corpus.texts(20, seed=8)


def test_fewer_texts_are_the_first_of_more() -> None:
    assert corpus.texts(5, seed=2) == corpus.texts(9, seed=2)[:5]
    assert corpus.texts(0) == []


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_texts_do_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    code = "from helpers import corpus; print(corpus.text(5_000, seed=4), end='')"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert run.stdout == corpus.text(5_000, seed=4)


def test_kinds_limit_the_draw() -> None:
    assert {item.kind for item in corpus.texts(40, kinds=["facts", "story"])} == {"facts", "story"}
    assert {item.kind for item in corpus.texts(3, kinds="facts")} == {"facts"}
    with pytest.raises(ValueError, match="poem"):
        corpus.texts(1, kinds=["poem"])


@pytest.mark.parametrize("size", [0, 1, 5_000, 30_000])
def test_text_fills_the_size_with_whole_texts(size: int) -> None:
    text = corpus.text(size, seed=3)
    used = len(text.encode("utf-8"))
    parts = text.split("\n\n") if text else []
    expected = [item.text for item in corpus.texts(len(parts) + 1, seed=3)]
    assert parts == expected[:-1]
    assert used <= size < used + len("\n\n") + len(expected[-1]) or not parts


def test_text_that_just_fits_is_not_cut() -> None:
    text = corpus.text(5_000, seed=3)
    assert corpus.text(len(text.encode("utf-8")), seed=3) == text
    assert corpus.text(len(text.encode("utf-8")) - 1, seed=3) != text


def test_another_separator_stands_between_the_texts() -> None:
    assert corpus.text(2_000, separator=corpus.END).split(corpus.END) == [
        item.text for item in corpus.texts(corpus.text(2_000, separator=corpus.END).count(corpus.END) + 1)
    ]


def test_no_text_holds_the_separator_or_the_end_mark() -> None:
    assert not [
        item for item in corpus.texts(3_000, seed=1) if "\n\n" in item.text or corpus.END in item.text
    ]


@pytest.mark.parametrize("bad", [-1, 2.5, None])
def test_bad_sizes_and_counts_are_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="size"):
        corpus.text(bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="number of texts"):
        corpus.texts(bad)  # type: ignore[arg-type]


def test_the_manual_is_that_of_the_running_python() -> None:
    manual = corpus.python_manual()
    assert len(manual) > 100_000
    assert "while" in manual and "lambda" in manual
