"""Read what was recorded while models were trained, and what others have published about their runs."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from helpers import models

__all__ = ["RecordError", "fine_tuning", "published", "sweep", "training_log"]

_ASSETS = Path(__file__).resolve().parents[1] / "assets"
_SWEEP = _ASSETS / "sweep.csv"
_FINE_TUNING = _ASSETS / "fine_tuning.csv"
_PUBLISHED = _ASSETS / "published"


class RecordError(ValueError):
    """A record that cannot be read; the message says in one sentence why and what to do."""


def training_log(name: str = models.EMBEDDED) -> dict[str, np.ndarray]:
    """Return the course of the training of an embedded model ("story" or "story_draft").

    Columns, all (checks,): `step`, `tokens` seen, `lr`, `train_loss`, `loss` on held-out texts and the true
    `entropy` of these texts, then the loss of each kind of text; all losses in nats a token.

    Raises:
        ModelError: if there is no such embedded model.
        RecordError: if the file is missing or damaged.
    """
    return _columns(models.folder(name) / "training_log.csv")


def sweep() -> dict[str, np.ndarray]:
    """Return the final losses of small models of several sizes, each trained on several budgets of tokens.

    Columns, all (runs,): `layers`, `width`, `parameters` (the head is the embedding and counts once), then
    those of `training_log`. The recipe is `assets/recipes/sweep.py`.

    Raises:
        RecordError: if the file is missing or damaged.
    """
    return _columns(_SWEEP)


def fine_tuning() -> dict[str, np.ndarray]:
    """Return the courses of the embedded model's fine-tuning to the sailor's stories, in several ways.

    Columns, all (checks of all runs,): `rank` of the adapter (0: biases only, 192: all weights), `attention`
    (1: adapters on attention's first matrix only), how many `layers` have adapters, from the top, how many
    rows of `texts` there were to train on (0: always new ones), trained `parameters`, the first `lr`, `step`,
    then losses in nats a token: `train_loss`, `valid_loss` to choose by, `loss` on other sailor's stories,
    `old_loss` on plain ones. The recipe is `assets/recipes/fine_tuning.py`.

    Raises:
        RecordError: if the file is missing or damaged.
    """
    return _columns(_FINE_TUNING)


def published(name: str) -> list[dict[str, int | float | str]]:
    """Return the rows of a published table, each as column → value; sources are in the README beside them.

    Args:
        name: such as "megatron_2021_table1", a file of `assets/published`.

    Raises:
        RecordError: if there is no such table, or it is damaged.
    """
    known = sorted(path.stem for path in _PUBLISHED.glob("*.csv"))
    if name not in known:
        raise RecordError(f"a published table is one of {', '.join(known)}; got {name!r}")
    path = _PUBLISHED / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        return [dict(zip(names, map(_value, row), strict=True)) for row in rows]
    except (OSError, ValueError):
        raise RecordError(f"{path} is missing or damaged: restore it with git") from None


def _value(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _columns(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        return dict(zip(names, np.array(rows, dtype=float).T, strict=True))
    except (OSError, ValueError):
        raise RecordError(f"{path} is missing or damaged: restore it with git") from None
