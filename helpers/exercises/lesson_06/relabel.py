"""Exercise 06.relabel: new ids for old words, with the same vectors."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def relabel(ids_T: Tensor, table_VD: Tensor, new_id_V: Tensor) -> tuple[Tensor, Tensor]:
    """[0, 1], [[5.], [6.], [7.]], [2, 0, 1]  ->  [2, 0], [[6.], [7.], [5.]]"""
    new_table_VD = torch.empty_like(table_VD)
    new_table_VD[new_id_V] = table_VD
    return new_id_V[ids_T], new_table_VD


def _gathers_rows(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return new_id[ids], table[new_id]


def _leaves_the_table(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return new_id[ids], table.clone()


def _leaves_the_text(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return ids.clone(), relabel(ids, table, new_id)[1]


def _nothing(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return ids.clone(), table.clone()


def _inverse_both(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    """Right for the look-up, but with the ids of the inverse renumbering."""
    return new_id.argsort()[ids], table[new_id]


def _inverse_ids(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return new_id.argsort()[ids], relabel(ids, table, new_id)[1]


def _moves_positions(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    order = new_id[new_id < len(ids)]
    return ids[order], relabel(ids, table, new_id)[1]


def _looks_up(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return new_id[ids], table[ids]


def _swapped(ids: Tensor, table: Tensor, new_id: Tensor) -> tuple[Tensor, Tensor]:
    return relabel(ids, table, new_id)[::-1]


def _draw(rng: Random) -> tuple[Tensor, Tensor, Tensor]:
    words, size, length = rng.sample(range(3, 9), k=3)
    generator = torch.Generator().manual_seed(rng.randrange(10**6))
    ids = torch.randint(words, (length,), generator=generator)
    return (
        ids,
        torch.randn(words, size, generator=generator),
        torch.randperm(words, generator=generator),
    )


_TABLE = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])

EXERCISE = Exercise(
    id="06.relabel",
    title="New ids for old words",
    minutes=6,
    difficulty=2,
    reference=relabel,
    cases=(
        (torch.tensor([0, 1]), torch.tensor([[5.0], [6.0], [7.0]]), torch.tensor([2, 0, 1])),
        (torch.tensor([3, 3, 0, 1, 2]), _TABLE, torch.tensor([1, 2, 3, 0])),
        (torch.tensor([2, 0, 1]), _TABLE, torch.tensor([3, 1, 0, 2])),
        (torch.tensor([1, 1]), _TABLE, torch.arange(4)),
        (torch.tensor([], dtype=torch.int64), _TABLE, torch.tensor([2, 3, 1, 0])),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "reads the rows at the new ids",
            _gathers_rows,
            "`table_VD[new_id_V]` puts row new_id[i] in place i: where should the row of word i go?",
        ),
        Misconception(
            "leaves the table",
            _leaves_the_table,
            "The text has new ids, the table old rows: whose vector does the first word get now?",
        ),
        Misconception(
            "leaves the text",
            _leaves_the_text,
            "The rows have moved, but the text still asks for the old places: what must happen to its ids?",
        ),
        Misconception(
            "changes nothing", _nothing, "The vectors are the same, but where have the new ids gone?"
        ),
        Misconception(
            "renumbers backwards",
            _inverse_both,
            "Your look-up gives the right vectors under other ids: is word i really `new_id_V[i]` now?",
        ),
        Misconception(
            "renumbers the text backwards",
            _inverse_ids,
            "Word i gets the id `new_id_V[i]`: did you look for the place where i stands instead?",
        ),
        Misconception(
            "shuffles the text",
            _moves_positions,
            "The words keep their order in the text: did you move positions where ids should change?",
        ),
        Misconception(
            "returns the looked-up vectors",
            _looks_up,
            "You return one row a position of the text; how many rows does a table for all words have?",
        ),
        Misconception(
            "returns table and text in the wrong order",
            _swapped,
            "Both are there: which of the two does the exercise ask for first?",
        ),
    ),
    hints=(
        "The new text is one look-up: `new_id_V[ids_T]`.",
        "Row i of the old table has to stand in row `new_id_V[i]` of the new one.",
        "Make an empty table of the same shape, and assign to its rows `new_id_V`.",
    ),
)
