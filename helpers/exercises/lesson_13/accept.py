"""Exercise 13.accept: judge one drafted token of speculative decoding."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def accept(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    """[0.7, 0.3], [0.4, 0.6], 1, 0.8, 0.5  ->  0"""
    if u < target[token] / draft[token]:
        return token
    missing = [max(0.0, p - q) for p, q in zip(target, draft, strict=True)]
    dart = v * sum(missing)
    for place, width in enumerate(missing):
        if dart < width:
            return place
        dart -= width
    return len(missing) - 1


def _throw(weights: list[float], v: float) -> int:
    dart = v * sum(weights)
    for place, width in enumerate(weights):
        if dart < width:
            return place
        dart -= width
    return len(weights) - 1


def _ratio(one: list[float], other: list[float], token: int) -> float:
    return one[token] / max(other[token], 1e-12)


def _draws_from_target(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return token if u < _ratio(target, draft, token) else _throw(target, v)


def _draws_from_draft(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return token if u < _ratio(target, draft, token) else _throw(draft, v)


def _inverted_ratio(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    missing = [max(0.0, p - q) for p, q in zip(target, draft, strict=True)]
    return token if u < _ratio(draft, target, token) else _throw(missing, v)


def _only_target(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    missing = [max(0.0, p - q) for p, q in zip(target, draft, strict=True)]
    return token if u < target[token] else _throw(missing, v)


def _always(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return token


def _never(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return _throw([max(0.0, p - q) for p, q in zip(target, draft, strict=True)], v)


def _absolute(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    different = [abs(p - q) for p, q in zip(target, draft, strict=True)]
    return token if u < _ratio(target, draft, token) else _throw(different, v)


def _best_missing(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    missing = [p - q for p, q in zip(target, draft, strict=True)]
    return token if u < _ratio(target, draft, token) else missing.index(max(missing))


def _not_scaled(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    if u < _ratio(target, draft, token):
        return token
    for place, width in enumerate(max(0.0, p - q) for p, q in zip(target, draft, strict=True)):
        if v < width:
            return place
        v -= width
    return len(target) - 1


def _what_the_draft_has_too_much(
    target: list[float], draft: list[float], token: int, u: float, v: float
) -> int:
    surplus = [max(0.0, q - p) for p, q in zip(target, draft, strict=True)]
    return token if u < _ratio(target, draft, token) else _throw(surplus, v)


def _turned(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    missing = [max(0.0, p - q) for p, q in zip(target, draft, strict=True)]
    return token if u > _ratio(target, draft, token) else _throw(missing, v)


def _greedy(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return token if token == target.index(max(target)) else target.index(max(target))


def _needs_more(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    missing = [max(0.0, p - q) for p, q in zip(target, draft, strict=True)]
    return token if target[token] >= draft[token] else _throw(missing, v)


def _same_dart(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return accept(target, draft, token, u, u)


def _turned_darts(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return accept(target, draft, token, v, u)


def _negative_parts(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    widths = [p - q for p, q in zip(target, draft, strict=True)]
    return token if u < _ratio(target, draft, token) else _throw(widths, v)


def _targets_best(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    return token if u < _ratio(target, draft, token) else target.index(max(target))


def _any_other(target: list[float], draft: list[float], token: int, u: float, v: float) -> int:
    others = [0.0 if place == token else p for place, p in enumerate(target)]
    return token if u < _ratio(target, draft, token) else _throw(others, v)


def _whether(target: list[float], draft: list[float], token: int, u: float, v: float) -> object:
    return u < _ratio(target, draft, token)


def _draw(rng: Random) -> tuple[list[float], list[float], int, float, float]:
    size = rng.randrange(3, 7)
    shares = [[rng.randrange(1, 20) for _ in range(size)] for _ in range(2)]
    target, draft = ([share / sum(row) for share in row] for row in shares)
    token = max(range(size), key=lambda i: draft[i] - target[i] + rng.random() * 0.5)
    return target, draft, token, rng.random(), rng.random()


EXERCISE = Exercise(
    id="13.accept",
    title="Accept or reject",
    minutes=8,
    difficulty=2,
    reference=accept,
    cases=(
        ([0.7, 0.3], [0.4, 0.6], 1, 0.8, 0.5),
        ([0.7, 0.3], [0.4, 0.6], 1, 0.4, 0.9),
        ([0.2, 0.2, 0.6], [0.5, 0.1, 0.4], 0, 0.9, 0.1),
        ([0.2, 0.2, 0.6], [0.5, 0.1, 0.4], 0, 0.9, 0.5),
        ([0.0, 0.45, 0.55], [0.8, 0.1, 0.1], 0, 0.001, 0.999),
        ([0.1, 0.5, 0.4], [0.1, 0.2, 0.7], 1, 0.999, 0.0),
        ([0.45, 0.5, 0.05], [0.2, 0.2, 0.6], 1, 0.9, 0.1),
    ),
    draw=_draw,
    draws=40,
    misconceptions=(
        Misconception(
            "replaces by a draw from the target",
            _draws_from_target,
            "A fresh draw from the target gives the draft's favourites a second chance: what does the target "
            "have that the draft lacks?",
        ),
        Misconception(
            "replaces by a draw from the draft",
            _draws_from_draft,
            "The draft was just refused: should it guess again, or is it the turn of what it lacks?",
        ),
        Misconception(
            "turns the ratio round",
            _inverted_ratio,
            "What the target likes better than the draft should always pass: is your ratio p/q or q/p?",
        ),
        Misconception(
            "accepts with the target's probability",
            _only_target,
            "The draft has drawn the token with probability q already: by what must p be divided?",
        ),
        Misconception(
            "always accepts", _always, "You always keep the guess: then whose distribution comes out?"
        ),
        Misconception("never accepts", _never, "You never keep the guess, not even where both models agree."),
        Misconception(
            "takes the absolute difference",
            _absolute,
            "Where the draft gives too much, nothing is missing: what should stand there instead of |p - q|?",
        ),
        Misconception(
            "takes the largest difference",
            _best_missing,
            "You always take what is missing most; `v` says where a dart falls: how wide is each segment?",
        ),
        Misconception(
            "does not scale what is missing",
            _not_scaled,
            "The missing parts sum to less than 1, and your dart falls beyond them: how long is their line?",
        ),
        Misconception(
            "replaces by what the draft has too much",
            _what_the_draft_has_too_much,
            "You replace by tokens of which the draft gives too much already: which sign has p - q there?",
        ),
        Misconception(
            "turns the comparison round",
            _turned,
            "You accept with probability 1 - p/q: for which `u` should a likely token pass?",
        ),
        Misconception(
            "takes the target's best",
            _greedy,
            "That is greedy decoding: where do the two darts come in?",
        ),
        Misconception(
            "accepts only what the target likes better",
            _needs_more,
            "Where p is a little smaller than q you always reject: what is `u` for?",
        ),
        Misconception(
            "throws one dart twice",
            _same_dart,
            "After a rejection `u` is known to be large, so it is no fair dart any more: which one is?",
        ),
        Misconception(
            "swaps the darts", _turned_darts, "Which of the two darts decides whether the token is accepted?"
        ),
        Misconception(
            "leaves negative parts on the line",
            _negative_parts,
            "Where the draft gives too much, your segments have negative widths: what should stand there?",
        ),
        Misconception(
            "replaces by the target's best",
            _targets_best,
            "You replace by the target's favourite, whatever `v`: how often should each missing token come?",
        ),
        Misconception(
            "replaces by any other token of the target",
            _any_other,
            "You exclude the refused token only: of the others, which does the draft give too often already?",
        ),
        Misconception(
            "returns whether it is accepted",
            _whether,
            "You say whether the token is accepted: which token is written, then?",
        ),
    ),
    hints=(
        "Accept when `u < target[token] / draft[token]`; a ratio above 1 always passes.",
        "What is missing: `max(0, p - q)` for each token; its sum is the length of the line.",
        "Walk along the line with `dart = v * sum(missing)`, taking off widths until it falls inside one.",
    ),
)
