"""Exercise 06.ratio: the four cases of GloVe's ratio of probabilities."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def relevant_to(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    """0.09, 0.01, 0.02, 3.0  ->  "first" """
    if p_first > 0 and p_first >= factor * p_second:
        return "first"
    if p_second > 0 and p_second >= factor * p_first:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _turned(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    return relevant_to(p_second, p_first, base, factor)


def _ratio_only(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    found = relevant_to(p_first, p_second, base, factor)
    return "both" if found == "neither" else found


def _always_neither(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    found = relevant_to(p_first, p_second, base, factor)
    return "neither" if found == "both" else found


def _one_is_enough(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    found = relevant_to(p_first, p_second, base, factor)
    return "both" if found == "neither" and max(p_first, p_second) > base else found


def _base_first(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    above = (p_first > base, p_second > base)
    return {(True, True): "both", (True, False): "first", (False, True): "second"}.get(above, "neither")


def _difference(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    if p_first - p_second > base:
        return "first"
    if p_second - p_first > base:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _larger_wins(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    return relevant_to(p_first, p_second, base, 1.0)


def _divides(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    ratio = p_first / p_second
    if ratio >= factor:
        return "first"
    if ratio <= 1 / factor:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _minus_factor(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    """Take "much smaller" to be a ratio below 0, which no ratio is."""
    if p_first > 0 and p_first >= factor * p_second:
        return "first"
    return "both" if p_first > base and p_second > base else "neither"


def _strict(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    if p_first > factor * p_second:
        return "first"
    if p_second > factor * p_first:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _zero_is_first(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    if p_first >= factor * p_second:
        return "first"
    if p_second >= factor * p_first:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _zero_is_first_and_turned(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    if p_first >= factor * p_second:
        return "second"
    if p_second >= factor * p_first:
        return "first"
    return "both" if p_first > base and p_second > base else "neither"


def _zero_is_first_and_one_is_enough(
    p_first: float, p_second: float, base: float, factor: float = 3.0
) -> str:
    found = _zero_is_first(p_first, p_second, base, factor)
    return "both" if found == "neither" and max(p_first, p_second) > base else found


def _zero_is_first_and_ratio_only(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    found = _zero_is_first(p_first, p_second, base, factor)
    return "both" if found == "neither" else found


def _both_before_ratio(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    return "both" if p_first > base and p_second > base else relevant_to(p_first, p_second, base, factor)


def _zero_is_first_and_both_before_ratio(
    p_first: float, p_second: float, base: float, factor: float = 3.0
) -> str:
    return "both" if p_first > base and p_second > base else _zero_is_first(p_first, p_second, base, factor)


def _always_three(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    return relevant_to(p_first, p_second, base, 3.0)


def _zero_is_first_and_always_three(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    return _zero_is_first(p_first, p_second, base, 3.0)


def _at_most_is_second(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    if p_first >= factor * p_second:
        return "first"
    if p_first <= factor * p_second:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _divides_both_ways(p_first: float, p_second: float, base: float, factor: float = 3.0) -> str:
    if p_first / p_second >= factor:
        return "first"
    if p_second / p_first >= factor:
        return "second"
    return "both" if p_first > base and p_second > base else "neither"


def _draw(rng: Random) -> tuple[float, float, float, float]:
    p = [rng.choice([0.0, rng.uniform(0.001, 0.02), rng.uniform(0.02, 0.2)]) for _ in range(2)]
    if rng.random() < 0.4:
        p[1] = p[0] * rng.uniform(0.5, 2.0)
    return p[0], p[1], rng.uniform(0.005, 0.05), rng.choice([2.0, 3.0, 5.0])


EXERCISE = Exercise(
    id="06.ratio",
    title="Four kinds of word",
    minutes=6,
    difficulty=2,
    reference=relevant_to,
    cases=(
        (0.09, 0.01, 0.02, 3.0),
        (0.01, 0.09, 0.02, 3.0),
        (0.09, 0.08, 0.02, 3.0),
        (0.001, 0.001, 0.02, 3.0),
        (0.05, 0.0, 0.02, 3.0),
        (0.0, 0.05, 0.02, 3.0),
        (0.0, 0.0, 0.02, 3.0),
        (0.009, 0.001, 0.02, 3.0),
        (0.25, 0.125, 0.01, 2.0),
        (0.125, 0.25, 0.01, 2.0),
        (0.03, 0.015, 0.02, 3.0),
        (0.015, 0.03, 0.02, 3.0),
        (0.5, 0.05, 0.02, 3.0),
        (0.005, 0.002, 0.02, 2.0),
        (0.002, 0.008, 0.02, 5.0),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "turns first and second round",
            _turned,
            "A large P(k | first) / P(k | second) comes from k standing near which of the two?",
        ),
        Misconception(
            "cannot tell both from neither",
            _ratio_only,
            "Water and fashion both have a ratio near 1: what tells near both from near neither?",
        ),
        Misconception(
            "never says both",
            _always_neither,
            "A ratio near 1 need not mean that k has nothing to do with the two: where do you use `base`?",
        ),
        Misconception(
            "lets one probability above the base do",
            _one_is_enough,
            "You answer both when only one of the two is above `base`: is that both?",
        ),
        Misconception(
            "compares with the base alone",
            _base_first,
            "You never form a ratio: what if both are rare, yet one is nine times the other?",
        ),
        Misconception(
            "takes the difference",
            _difference,
            "You subtract where a ratio is asked for: are 0.009 and 0.001 near each other?",
        ),
        Misconception(
            "lets the larger one win",
            _larger_wins,
            "0.09 and 0.08 count as different with you: where does `factor` come in?",
        ),
        Misconception(
            "divides by 0",
            _divides,
            "A probability may be 0: can you compare p_first with factor · p_second without dividing?",
        ),
        Misconception(
            "forgets the small ratios",
            _minus_factor,
            "A ratio much below 1 says something too: to which word does k belong then?",
        ),
        Misconception(
            "wants more than the factor",
            _strict,
            "*At least* `factor` times: what do you answer when it is exactly that?",
        ),
        Misconception(
            "takes 0 against 0 for a large ratio",
            _zero_is_first,
            "With 0 and 0 the test 0 ≥ factor · 0 holds: should a word that stands near neither be relevant?",
        ),
        Misconception(
            "turns first and second round, and 0 against 0",
            _zero_is_first_and_turned,
            "Where k stands near the first word, P(k | first) is large: which answer do you give there?",
        ),
        Misconception(
            "lets one above the base do, and takes 0 against 0 for a large ratio",
            _zero_is_first_and_one_is_enough,
            "Is one probability above `base` enough for both? And what do you answer to 0 and 0?",
        ),
        Misconception(
            "cannot tell both from neither, and takes 0 against 0 for a large ratio",
            _zero_is_first_and_ratio_only,
            "Where do you use `base`, which tells near both from near neither? And what of 0 and 0?",
        ),
        Misconception(
            "asks for both before the ratio",
            _both_before_ratio,
            "Both may be above `base` and one still far larger: which question has to come first?",
        ),
        Misconception(
            "asks for both before the ratio, and takes 0 against 0 for a large one",
            _zero_is_first_and_both_before_ratio,
            "Which question comes first, the ratio or `base`? And what do you answer to 0 and 0?",
        ),
        Misconception(
            "writes 3 for the factor",
            _always_three,
            "Your ratio has to reach 3 each time: what if `factor` is 2?",
        ),
        Misconception(
            "writes 3 for the factor, and takes 0 against 0 for a large ratio",
            _zero_is_first_and_always_three,
            "What if `factor` is 2? And what do you answer to 0 and 0?",
        ),
        Misconception(
            "takes less than factor times for relevant to the second",
            _at_most_is_second,
            "You answer second wherever the first is not `factor` times as large: what of 0.09 and 0.08?",
        ),
        Misconception(
            "divides by 0 both ways",
            _divides_both_ways,
            "Either probability may be 0: can you compare one with factor times the other instead?",
        ),
    ),
    hints=(
        "Ask first whether p_first is at least factor times p_second, then the other way round.",
        "Multiply instead of dividing, so that a 0 does no harm; and 0 against 0 is not relevant to anybody.",
        "What is left has a ratio near 1: compare both probabilities with `base`.",
    ),
)
