"""Exercise 27.plan: the quickest split that fits, by a toy estimate."""

from __future__ import annotations

import itertools
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Found = tuple[int, int, int] | None


def best_plan(
    gpus: int, layers: int, heads: int, batch: int, parameters: float, limit: float
) -> tuple[int, int, int] | None:
    """64, 96, 96, 512, 175e9, 60e9  ->  (2, 32, 1)"""
    best, least = None, float("inf")
    for t in (1, 2, 4, 8):
        for p in range(1, layers + 1):
            d, rest = divmod(gpus, t * p)
            if rest or d == 0 or heads % t or layers % p or batch % d:
                continue
            seconds = (1 + (p - 1) * d / batch) * (1 + (t - 1) / 20)
            if 16 * parameters / (t * p) <= limit and seconds < least:
                best, least = (t, p, d), seconds
    return best


def _search(gpus, layers, heads, batch, parameters, limit, **other) -> Found:
    """Search with one thing different."""
    best, least = None, float("inf")
    worst = other.get("worst", False)
    for t in other.get("degrees", (1, 2, 4, 8)):
        for p in range(1, other.get("deepest", layers) + 1):
            d, rest = divmod(gpus, t * p)
            rest = rest and not other.get("some_idle")
            checks = {"heads": heads % t, "layers": layers % p, "batch": d and batch % d}
            if d == 0 or rest or any(left for name, left in checks.items() if name != other.get("unchecked")):
                continue
            bubble = 0.0 if other.get("no_bubble") else (p - 1) / batch * (1 if other.get("forget_d") else d)
            bubble = (p - 1) / d if other.get("by_copies") else bubble
            sums = 1.0 if other.get("no_sums") else 1 + (t - 1) / 20
            seconds = (1 + bubble) * sums
            shared = {"t": t, "p": p, "all": t * p * d}.get(other.get("shared"), t * p)
            held = other.get("bytes", 16) * parameters / shared
            fits = held < limit if other.get("below") else held <= limit
            fits = fits or bool(other.get("no_limit"))
            better = seconds > least or best is None if worst else seconds < least
            if fits and better:
                best, least = (t, p, d), seconds
    return best


def _variant(**other):
    def wrong(gpus, layers, heads, batch, parameters, limit) -> Found:
        return _search(gpus, layers, heads, batch, parameters, limit, **other)

    return wrong


def _reordered(gpus, layers, heads, batch, parameters, limit) -> Found:
    found = best_plan(gpus, layers, heads, batch, parameters, limit)
    return found and found[::-1]


def _limit_after(gpus, layers, heads, batch, parameters, limit) -> Found:
    found = _search(gpus, layers, heads, batch, parameters, limit, no_limit=True)
    return found if found and 16 * parameters / (found[0] * found[1]) <= limit else None


def _costs(gpus, layers, heads, batch) -> list[float]:
    splits = [
        (t, p, gpus // (t * p)) for t in (1, 2, 4, 8) for p in range(1, layers + 1) if gpus % (t * p) == 0
    ]
    good = [s for s in splits if not (heads % s[0] or layers % s[1] or batch % s[2])]
    return sorted((1 + (p - 1) * d / batch) * (1 + (t - 1) / 20) for t, p, d in good)


def _draw(rng: Random) -> tuple[int, int, int, int, float, float]:
    while True:
        gpus, layers = rng.choice([12, 16, 32, 48, 64]), rng.choice([12, 24, 32, 36, 48])
        heads, batch = rng.choice([12, 16, 20, 24, 32]), rng.choice([16, 32, 48, 64, 96])
        costs = _costs(gpus, layers, heads, batch)
        if all(b - a > 1e-6 for a, b in itertools.pairwise(costs)):
            return gpus, layers, heads, batch, rng.uniform(5, 60) * 1e9, rng.choice([40e9, 64e9, 80e9])


EXERCISE = Exercise(
    id="27.plan",
    title="The best plan under a limit",
    minutes=12,
    difficulty=3,
    reference=best_plan,
    cases=(
        (64, 96, 96, 512, 175e9, 60e9),
        (8, 12, 12, 64, 1e9, 80e9),
        (16, 24, 16, 48, 20e9, 80e9),
        (8, 12, 12, 64, 100e9, 20e9),
        (32, 24, 12, 32, 40e9, 80e9),
        (16, 32, 10, 32, 10e9, 20e9),
        (12, 36, 12, 24, 30e9, 40e9),
        (1, 5, 3, 7, 1e9, 16e9),
    ),
    draw=_draw,
    draws=40,
    misconceptions=(
        Misconception(
            "forgets the limit",
            _variant(no_limit=True),
            "The quickest of all may not fit: where do you compare with `limit`?",
        ),
        Misconception(
            "looks at the limit only at the end",
            _limit_after,
            "If the quickest of all does not fit, the next one might: when should the limit be checked?",
        ),
        Misconception(
            "refuses a plan that just fits", _variant(below=True), "A card may be exactly full: `<` or `<=`?"
        ),
        Misconception(
            "forgets the bubble", _variant(no_bubble=True), "A deep pipeline waits: where is (p − 1)·d/B?"
        ),
        Misconception(
            "forgets the copies in the bubble",
            _variant(forget_d=True),
            "Each pipeline gets B/d of the texts, not all: what does that do to its waiting?",
        ),
        Misconception(
            "takes the copies for the micro-batches",
            _variant(by_copies=True),
            "A pipeline has B/d micro-batches: did you divide by d?",
        ),
        Misconception(
            "forgets tensor parallelism's sums",
            _variant(no_sums=True),
            "Sharing layers costs time as well: where is the factor with t?",
        ),
        Misconception(
            "shares the states over t only",
            _variant(shared="t"),
            "The pipeline shares the parameters too: divide by t·p.",
        ),
        Misconception(
            "shares the states over p only",
            _variant(shared="p"),
            "Tensor parallelism shares the parameters too: divide by t·p.",
        ),
        Misconception(
            "shares the states over all cards",
            _variant(shared="all"),
            "Copies hold the same states again, without ZeRO: by what may you divide?",
        ),
        Misconception(
            "counts weights only",
            _variant(bytes=2),
            "Training holds gradients and optimizer as well: 16 bytes.",
        ),
        Misconception(
            "lets any degree share the heads",
            _variant(unchecked="heads"),
            "Can t cards share these heads evenly? Check heads % t.",
        ),
        Misconception(
            "lets any degree share the layers",
            _variant(unchecked="layers"),
            "Can p stages share these layers evenly? Check layers % p.",
        ),
        Misconception(
            "lets any number of copies share the batch",
            _variant(unchecked="batch"),
            "Can d copies share this batch evenly? Check batch % d.",
        ),
        Misconception(
            "leaves cards idle",
            _variant(some_idle=True),
            "t·p·d has to be exactly the number of cards: what does integer division lose?",
        ),
        Misconception(
            "takes the slowest",
            _variant(worst=True),
            "Your plan fits, but it is the slowest that does: which way should the comparison go?",
        ),
        Misconception("has the degrees in another order", _reordered, "Return (t, p, d), in this order."),
    ),
    hints=(
        "Two loops, over t and p; d follows from gpus // (t·p), if nothing is left over.",
        "`continue` where heads, layers or batch do not divide.",
        "Keep the best so far and its time; replace it when a plan fits and is quicker.",
    ),
)
