"""Exercise 23.ranks: hit rate and MRR of the first right ranks, misses included."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Ranks = list[int | None]


def measures(ranks: list[int | None], k: int) -> tuple[float, float]:
    """[1, 2, 3, None, 5], 3  ->  (0.6, 0.4066667)"""
    hit = sum(rank is not None and rank <= k for rank in ranks) / len(ranks)
    mrr = sum(1 / rank for rank in ranks if rank is not None) / len(ranks)
    return hit, mrr


def _found(ranks: Ranks) -> list[int]:
    return [rank for rank in ranks if rank is not None]


def _miss_left_out_of_both(ranks: Ranks, k: int) -> tuple[float, float]:
    return measures(_found(ranks), k) if _found(ranks) else (0.0, 0.0)


def _miss_left_out_of_mrr(ranks: Ranks, k: int) -> tuple[float, float]:
    return measures(ranks, k)[0], _miss_left_out_of_both(ranks, k)[1]


def _miss_left_out_of_hits(ranks: Ranks, k: int) -> tuple[float, float]:
    return _miss_left_out_of_both(ranks, k)[0], measures(ranks, k)[1]


def _inverse_of_mean(ranks: Ranks, k: int) -> tuple[float, float]:
    found = _found(ranks)
    return measures(ranks, k)[0], len(found) / sum(found) if found else 0.0


def _from_zero(ranks: Ranks, k: int) -> tuple[float, float]:
    return sum(rank < k for rank in _found(ranks)) / len(ranks), measures(ranks, k)[1]


def _one_added(ranks: Ranks, k: int) -> tuple[float, float]:
    return measures(ranks, k)[0], sum(1 / (rank + 1) for rank in _found(ranks)) / len(ranks)


def _counts(ranks: Ranks, k: int) -> tuple[float, float]:
    return float(sum(rank <= k for rank in _found(ranks))), sum(1 / rank for rank in _found(ranks))


def _divided_by_k(ranks: Ranks, k: int) -> tuple[float, float]:
    return sum(rank <= k for rank in _found(ranks)) / k, measures(ranks, k)[1]


def _mrr_cut_at_k(ranks: Ranks, k: int) -> tuple[float, float]:
    hit, _ = measures(ranks, k)
    return hit, sum(1 / rank for rank in _found(ranks) if rank <= k) / len(ranks)


def _miss_at_the_end(ranks: Ranks, k: int) -> tuple[float, float]:
    hit, mrr = measures(ranks, k)
    return hit, mrr + ranks.count(None) / (len(ranks) + 1) / len(ranks)


def _exactly_k(ranks: Ranks, k: int) -> tuple[float, float]:
    return sum(rank == k for rank in _found(ranks)) / len(ranks), measures(ranks, k)[1]


def _any_hit(ranks: Ranks, k: int) -> tuple[float, float]:
    return len(_found(ranks)) / len(ranks), measures(ranks, k)[1]


def _swapped(ranks: Ranks, k: int) -> tuple[float, float]:
    return measures(ranks, k)[::-1]


def _draw(rng: Random) -> tuple[Ranks, int]:
    ranks: Ranks = [rng.randint(1, 9) for _ in range(rng.randint(3, 9))]
    for _ in range(rng.randint(1, 2)):
        ranks.insert(rng.randint(0, len(ranks)), None)
    return ranks, rng.randint(1, 6)


EXERCISE = Exercise(
    id="23.ranks",
    title="Five questions, one miss",
    minutes=6,
    difficulty=1,
    reference=measures,
    cases=(
        ([1, 2, 3, None, 5], 3),
        ([1, 2, 3, None, 5], 1),
        ([None, 4, None, 2], 4),
        ([7, 7, 1], 10),
        ([None, None], 5),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "leaves the miss out of both means",
            _miss_left_out_of_both,
            "Whoever finds nothing would not be blamed by yours: by how many questions do you divide?",
        ),
        Misconception(
            "leaves the miss out of the MRR",
            _miss_left_out_of_mrr,
            "Your hit rate counts the miss and your MRR does not: what is 1/rank where nothing was found?",
        ),
        Misconception(
            "leaves the miss out of the hit rate",
            _miss_left_out_of_hits,
            "Your MRR counts the miss and your hit rate does not: by how many questions do you divide?",
        ),
        Misconception(
            "takes 1 / mean rank",
            _inverse_of_mean,
            "Yours is one over the mean rank: which comes first, the division or the mean?",
        ),
        Misconception(
            "counts ranks from 0",
            _from_zero,
            "Ranks begin with 1: is rank k among the first k?",
        ),
        Misconception(
            "adds 1 to each rank",
            _one_added,
            "What is the reciprocal rank of a right chunk in first place? Yours says one half.",
        ),
        Misconception(
            "sums and does not divide",
            _counts,
            "Both are means over questions: can a share be larger than 1?",
        ),
        Misconception(
            "divides the hits by k",
            _divided_by_k,
            "A question gives at most one hit here, however large k is: by what do you divide?",
        ),
        Misconception(
            "cuts the MRR off at k",
            _mrr_cut_at_k,
            "The k belongs to the hit rate: what does a right chunk at rank k + 1 add to your MRR?",
        ),
        Misconception(
            "puts the miss behind the last",
            _miss_at_the_end,
            "Nothing was found: why does the miss earn something in your MRR?",
        ),
        Misconception(
            "counts only rank k",
            _exactly_k,
            "A hit is a rank of at most k, not of k.",
        ),
        Misconception(
            "forgets k",
            _any_hit,
            "Your hit rate does not change with k: is a right chunk at rank 5 among the first three?",
        ),
        Misconception(
            "swaps the two",
            _swapped,
            "Both numbers are right, and stand in the other order: hit rate first.",
        ),
    ),
    hints=(
        "Both are sums over all questions, divided by the number of questions; a miss adds 0.",
        "A hit: `rank is not None and rank <= k`. The reciprocal: `1 / rank`.",
    ),
)
