"""Exercise 13.nucleus: the smallest set of likeliest tokens that reaches p."""

from __future__ import annotations

from itertools import accumulate
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def nucleus(probs: dict[str, float], p: float) -> dict[str, float]:
    """{"tea": 0.5, "milk": 0.3, "sand": 0.2}, 0.6  ->  {"tea": 0.625, "milk": 0.375}"""
    kept, total = {}, 0.0
    for token, prob in sorted(probs.items(), key=lambda item: -item[1]):
        kept[token] = prob
        total += prob
        if total >= p:
            break
    return {token: prob / total for token, prob in kept.items()}


def _sorted(probs: dict[str, float]) -> dict[str, float]:
    return dict(sorted(probs.items(), key=lambda item: -item[1]))


def _scaled(kept: dict[str, float]) -> dict[str, float]:
    total = sum(kept.values())
    return {token: prob / total for token, prob in kept.items()}


def _stays_below(probs: dict[str, float], p: float) -> dict[str, float]:
    kept, total = {}, 0.0
    for token, prob in _sorted(probs).items():
        if total + prob > p:
            break
        kept[token] = prob
        total += prob
    return _scaled(kept) if kept else {}


def _stays_below_but_one(probs: dict[str, float], p: float) -> dict[str, float]:
    return _stays_below(probs, p) or _scaled(dict(list(_sorted(probs).items())[:1]))


def _not_scaled(probs: dict[str, float], p: float) -> dict[str, float]:
    return {token: probs[token] for token in nucleus(probs, p)}


def _not_sorted(probs: dict[str, float], p: float) -> dict[str, float]:
    kept, total = {}, 0.0
    for token, prob in probs.items():
        kept[token] = prob
        total += prob
        if total >= p:
            break
    return _scaled(kept)


def _least_likely_first(probs: dict[str, float], p: float) -> dict[str, float]:
    kept, total = {}, 0.0
    for token, prob in sorted(probs.items(), key=lambda item: item[1]):
        kept[token] = prob
        total += prob
        if total >= p:
            break
    return _scaled(kept)


def _threshold(probs: dict[str, float], p: float) -> dict[str, float]:
    kept = {token: prob for token, prob in _sorted(probs).items() if prob >= p}
    return _scaled(kept) if kept else {}


def _min_p(probs: dict[str, float], p: float) -> dict[str, float]:
    best = max(probs.values())
    return _scaled({token: prob for token, prob in _sorted(probs).items() if prob >= p * best})


def _one_more(probs: dict[str, float], p: float) -> dict[str, float]:
    return _scaled(dict(list(_sorted(probs).items())[: len(nucleus(probs, p)) + 1]))


def _divides_by_p(probs: dict[str, float], p: float) -> dict[str, float]:
    return {token: probs[token] / p for token in nucleus(probs, p)}


def _original_order(probs: dict[str, float], p: float) -> dict[str, float]:
    kept = nucleus(probs, p)
    return {token: kept[token] for token in probs if token in kept}


def _keeps_all(probs: dict[str, float], p: float) -> dict[str, float]:
    return _scaled(_sorted(probs))


def _top_k(probs: dict[str, float], p: float) -> dict[str, float]:
    return _scaled(dict(list(_sorted(probs).items())[: max(1, round(p * len(probs)))]))


def _by_name(probs: dict[str, float], p: float) -> dict[str, float]:
    return _not_sorted(dict(sorted(probs.items())), p)


def _beyond_p(probs: dict[str, float], p: float) -> dict[str, float]:
    kept, total = {}, 0.0
    for token, prob in _sorted(probs).items():
        kept[token] = prob
        total += prob
        if total > p:
            break
    return _scaled(kept)


def _only_best(probs: dict[str, float], p: float) -> dict[str, float]:
    return _scaled(dict(list(_sorted(probs).items())[:1]))


def _zeros_stay(probs: dict[str, float], p: float) -> dict[str, float]:
    return dict.fromkeys(_sorted(probs), 0.0) | nucleus(probs, p)


def _same_order(given: object, expected: dict[str, float]) -> bool:
    """Return whether keys, their order and values agree."""
    from helpers.exercises.comparing import same

    return isinstance(given, dict) and same(given, expected) and list(given) == list(expected)


TOKENS = ("tea", "milk", "water", "juice", "sand", "soup", "honey", "ink")


def _draw(rng: Random) -> tuple[dict[str, float], float]:
    tokens = rng.sample(TOKENS, k=rng.randrange(3, len(TOKENS) + 1))
    shares = rng.sample(range(1, 60), k=len(tokens))
    probs = {token: share / sum(shares) for token, share in zip(tokens, shares, strict=True)}
    reached = list(accumulate(sorted(probs.values(), reverse=True)))
    free = [p for p in (0.2, 0.35, 0.5, 0.65, 0.8, 0.9) if min(abs(p - r) for r in reached) > 1e-6]
    return probs, rng.choice(free or [0.123])


EXERCISE = Exercise(
    id="13.nucleus",
    title="The top-p set",
    minutes=8,
    difficulty=2,
    reference=nucleus,
    cases=(
        ({"tea": 0.5, "milk": 0.3, "sand": 0.2}, 0.6),
        ({"sand": 0.1, "milk": 0.2, "tea": 0.7}, 0.5),
        ({"a": 0.25, "b": 0.5, "c": 0.125, "d": 0.125}, 0.75),
        ({"sand": 0.05, "tea": 0.4, "ink": 0.15, "milk": 0.3, "soup": 0.1}, 0.9),
        ({"tea": 1.0}, 0.3),
    ),
    draw=_draw,
    equal=_same_order,
    misconceptions=(
        Misconception(
            "stops before p is reached",
            _stays_below,
            "Your set stays below p, or is even empty: does the token that crosses the line belong to it?",
        ),
        Misconception(
            "stops before p is reached, but for the first",
            _stays_below_but_one,
            "The nucleus has to reach p: does the token that crosses the line belong to it?",
        ),
        Misconception(
            "does not scale to 1",
            _not_scaled,
            "The right tokens; but can dice be thrown with probabilities that do not sum to 1?",
        ),
        Misconception(
            "takes the tokens as they come",
            _not_sorted,
            "You collect tokens in the order of the dictionary: which should come first?",
        ),
        Misconception(
            "begins with the least likely",
            _least_likely_first,
            "You collect from the wrong end: `sorted` puts the smallest first.",
        ),
        Misconception(
            "compares each probability with p",
            _threshold,
            "p is a sum to be reached by all kept tokens together, not a bar for each.",
        ),
        Misconception(
            "takes min-p",
            _min_p,
            "This is min-p, measured against the best token: what adds up to p in top-p?",
        ),
        Misconception(
            "keeps one token too many",
            _one_more,
            "Your set reaches p without its last member: when exactly do you stop?",
        ),
        Misconception(
            "divides by p",
            _divides_by_p,
            "What you keep usually sums to more than p: by what must it be divided to sum to 1?",
        ),
        Misconception(
            "returns the original order",
            _original_order,
            "Right set and right numbers: the exercise asks for the likeliest first.",
        ),
        Misconception(
            "keeps everything", _keeps_all, "Nothing is cut: where do you compare a running sum with p?"
        ),
        Misconception(
            "keeps a share of the tokens",
            _top_k,
            "You keep a share p of the *number* of tokens: p is a share of the probability.",
        ),
        Misconception(
            "sorts by name",
            _by_name,
            "You sort the tokens by their names: `sorted` needs a `key` to look at the probability.",
        ),
        Misconception(
            "wants more than p",
            _beyond_p,
            "Where the sum is exactly p you go on: the smallest set that *reaches* p is complete there.",
        ),
        Misconception(
            "keeps the best alone", _only_best, "One token is greedy: do you stop before the sum reaches p?"
        ),
        Misconception(
            "keeps what is cut, with 0",
            _zeros_stay,
            "Right numbers; but the tokens that were cut are still in your dictionary: who belongs there?",
        ),
    ),
    hints=(
        "Sort by probability: `sorted(probs.items(), key=lambda item: -item[1])`.",
        "Keep tokens and add up; the one that makes the sum reach p is the last one kept.",
        "Divide what is kept by its own sum.",
    ),
)
