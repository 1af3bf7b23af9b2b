"""Exercise 09.cost: floating-point operations of multi-head attention."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def attention_cost(n: int, m: int, d: int, h: int) -> int:
    """128, 128, 256, 8  ->  83886080"""
    head = d // h
    queries = 2 * n * d * d
    keys_and_values = 2 * (2 * m * d * d)
    scores = h * (2 * n * m * head)
    weighted_sums = h * (2 * n * m * head)
    output = 2 * n * d * d
    return queries + keys_and_values + scores + weighted_sums + output


def _counts_multiplications(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, m, d, h) // 2


def _full_size_heads(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, m, d, h) + (h - 1) * 4 * n * m * d


def _one_head(n: int, m: int, d: int, h: int) -> int:
    return 4 * n * d * d + 4 * m * d * d + 4 * n * m * (d // h)


def _everything_by_heads(n: int, m: int, d: int, h: int) -> int:
    return h * attention_cost(n, m, d, h)


def _no_output(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, m, d, h) - 2 * n * d * d


def _no_projections(n: int, m: int, d: int, h: int) -> int:
    return 4 * n * m * d


def _only_projections(n: int, m: int, d: int, h: int) -> int:
    return 4 * n * d * d + 4 * m * d * d


def _no_weighted_sums(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, m, d, h) - 2 * n * m * d


def _self_attention(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, n, d, h)


def _one_of_keys_and_values(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, m, d, h) - 2 * m * d * d


def _values_from_queries(n: int, m: int, d: int, h: int) -> int:
    return attention_cost(n, m, d, h) + 2 * (n - m) * d * d


def _all_from_n(n: int, m: int, d: int, h: int) -> int:
    return 8 * n * d * d + 4 * n * m * d


def _all_from_m(n: int, m: int, d: int, h: int) -> int:
    return 8 * m * d * d + 4 * n * m * d


def _projects_one_head(n: int, m: int, d: int, h: int) -> int:
    return 2 * n * d * (d // h) + 4 * m * d * (d // h) + 4 * n * m * d + 2 * n * d * d


def _square_of_length(n: int, m: int, d: int, h: int) -> int:
    return 4 * n * d * d + 4 * m * d * d + 4 * n * m


def _draw(rng: Random) -> tuple[int, int, int, int]:
    heads = rng.choice([1, 2, 3, 4, 8])
    n, m = rng.sample(range(2, 200), k=2)
    return n, m, heads * rng.randrange(2, 40), heads


EXERCISE = Exercise(
    id="09.cost",
    title="What does it cost?",
    minutes=8,
    difficulty=2,
    reference=attention_cost,
    cases=((128, 128, 256, 8), (128, 128, 256, 1), (5, 7, 6, 3), (1, 1000, 64, 4), (9, 2, 10, 5)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "counts a multiply-add once",
            _counts_multiplications,
            "You are short by exactly a half: how many operations is one multiplication and one addition?",
        ),
        Misconception(
            "gives every head the full width",
            _full_size_heads,
            "Your scores cost h times as much: how wide is one head when d is shared out among h?",
        ),
        Misconception(
            "counts one head only",
            _one_head,
            "d // h is the width of one head: how many heads compute scores?",
        ),
        Misconception(
            "multiplies everything by h",
            _everything_by_heads,
            "One d × d matrix makes the queries of all heads together: what is left to multiply by h?",
        ),
        Misconception(
            "forgets the output matrix",
            _no_output,
            "After the heads are merged, one more matrix mixes them: how large is it, and for how many rows?",
        ),
        Misconception(
            "forgets the projections",
            _no_projections,
            "Where do queries, keys and values come from? Four matrices of d × d are still missing.",
        ),
        Misconception(
            "counts the projections only",
            _only_projections,
            "Every query meets every key: where is the product of n and m?",
        ),
        Misconception(
            "counts the scores and not the weighted sums",
            _no_weighted_sums,
            "The weights have to be multiplied with something too: which product follows the softmax?",
        ),
        Misconception(
            "takes m to be n",
            _self_attention,
            "Your answer does not use m: which inputs are as many as the keys?",
        ),
        Misconception(
            "counts one of keys and values",
            _one_of_keys_and_values,
            "Keys and values are two projections of the m inputs: did you count both?",
        ),
        Misconception(
            "makes the values from the queries' side",
            _values_from_queries,
            "Each key has its value: are there n or m of them?",
        ),
        Misconception(
            "projects n positions four times",
            _all_from_n,
            "Four projections, yes, but of how many rows each: who is asked, and who asks?",
        ),
        Misconception(
            "projects m positions four times",
            _all_from_m,
            "Queries and output belong to those who ask: how many rows have these two?",
        ),
        Misconception(
            "projects for one head only",
            _projects_one_head,
            "Your queries, keys and values are d // h wide: for how many heads are they needed?",
        ),
        Misconception(
            "forgets the width of the products",
            _square_of_length,
            "One score is a sum over the width of a head: is n·m the number of scores or of operations?",
        ),
    ),
    hints=(
        "A matrix product of [a, b] and [b, c] costs 2·a·b·c: a multiplication and an addition a term.",
        "Six products: queries (n rows), keys and values (m rows), scores, weighted sums, output (n rows).",
        "Scores and weighted sums take 2·n·m·(d/h) each, for h heads; each projection takes 2·rows·d·d.",
    ),
)
