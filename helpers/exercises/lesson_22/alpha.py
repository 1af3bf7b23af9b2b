"""Exercise 22.alpha: choose α for each kind on one half of the questions, and report it on the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Table = list[list[float]]


def tune(rr_QA: list[list[float]], kinds: list[str], halves: list[str], alphas: list[float]) -> dict:
    """[[0, 1], [.5, 1]], ["web"] * 2, ["tuning", "test"], [0., 1.]  ->  {"web": (1.0, 1.0)}"""
    chosen = {}
    for kind in dict.fromkeys(kinds):
        means = {}
        for half in ("tuning", "test"):
            rows = [row for row, k, h in zip(rr_QA, kinds, halves, strict=True) if k == kind and h == half]
            means[half] = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        best = means["tuning"].index(max(means["tuning"]))
        chosen[kind] = (alphas[best], means["test"][best])
    return chosen


def _mean(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def _wrong(
    choose: Callable[[dict[str, list[float]], list[float]], tuple[int, float]],
) -> Callable[[Table, list[str], list[str], list[float]], dict]:
    """Return an answer that picks (place of α, reported number) from the means of a kind."""

    def answer(rr_QA: Table, kinds: list[str], halves: list[str], alphas: list[float]) -> dict:
        found, together = {}, list(zip(rr_QA, kinds, halves, strict=True))
        overall = {half: _mean([row for row, _, h in together if h == half]) for half in ("tuning", "test")}
        for kind in dict.fromkeys(kinds):
            means = {
                half: _mean([row for row, k, h in together if (k, h) == (kind, half)]) for half in overall
            }
            means["both"] = _mean([row for row, k, _ in together if k == kind])
            means["overall"] = overall["tuning"]
            place, number = choose(means, alphas)
            found[kind] = alphas[place], number
        return found

    return answer


def _top(values: Sequence[float]) -> int:
    return list(values).index(max(values))


def _last_top(values: Sequence[float]) -> int:
    return len(values) - 1 - _top(list(values)[::-1])


def _draw(rng: Random) -> tuple[Table, list[str], list[str], list[float]]:
    names = rng.sample(["web", "concept", "fact", "keyword", "exact"], k=rng.randint(2, 4))
    pairs = [(kind, half) for kind in names for half in ("tuning", "test") for _ in range(rng.randint(2, 4))]
    rng.shuffle(pairs)
    kinds, halves = (list(column) for column in zip(*pairs, strict=True))
    alphas = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0][: rng.randint(3, 6)]
    table = [[rng.choice((1, 0.5, 0.25, 0.125, 0)) for _ in alphas] for _ in kinds]  # sums are exact
    return table, kinds, halves, alphas


EXERCISE = Exercise(
    id="22.alpha",
    title="Tune on one half, report on the other",
    minutes=10,
    difficulty=3,
    reference=tune,
    cases=(
        ([[0.0, 1.0], [0.5, 1.0]], ["web"] * 2, ["tuning", "test"], [0.0, 1.0]),
        (
            [[1.0, 0.5, 0.25], [0.5, 1.0, 0.2], [0.2, 0.5, 1.0], [1.0, 0.25, 0.5]],
            ["exact", "exact", "concept", "concept"],
            ["tuning", "test", "tuning", "test"],
            [0.0, 0.5, 1.0],
        ),
        (
            [[0.5, 0.5, 0.1], [0.1, 1.0, 1.0], [0.2, 0.3, 0.1], [0.4, 0.4, 0.3], [1.0, 0.2, 0.9]],
            ["fact", "fact", "web", "fact", "web"],
            ["tuning", "test", "test", "tuning", "tuning"],
            [0.1, 0.3, 0.9],
        ),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "chooses on the test half",
            _wrong(lambda m, a: (_top(m["test"]), max(m["test"]))),
            "Your α was chosen by the questions that judge it: which half may choose?",
        ),
        Misconception(
            "reports the tuning half",
            _wrong(lambda m, a: (_top(m["tuning"]), max(m["tuning"]))),
            "The α is right; the number comes from the questions that chose it: which half reports?",
        ),
        Misconception(
            "reports the best of the test half",
            _wrong(lambda m, a: (_top(m["tuning"]), max(m["test"]))),
            "You report the best α of the test half, not the one that you chose.",
        ),
        Misconception(
            "uses all questions for both",
            _wrong(lambda m, a: (_top(m["both"]), max(m["both"]))),
            "Where do you look at `halves`? Yours tunes and tests on everything.",
        ),
        Misconception(
            "reports on all questions",
            _wrong(lambda m, a: (_top(m["tuning"]), m["both"][_top(m["tuning"])])),
            "Your mean counts the tuning questions too: which rows may report?",
        ),
        Misconception(
            "chooses on all questions",
            _wrong(lambda m, a: (_top(m["both"]), m["test"][_top(m["both"])])),
            "The test questions had a say in your α: which rows may choose?",
        ),
        Misconception(
            "chooses one α for all kinds",
            _wrong(lambda m, a: (_top(m["overall"]), m["test"][_top(m["overall"])])),
            "Each kind may have an α of its own: over which rows is your mean?",
        ),
        Misconception(
            "takes the largest α of equals",
            _wrong(lambda m, a: (_last_top(m["tuning"]), m["test"][_last_top(m["tuning"])])),
            "Two α are equally good: which of them was asked for?",
        ),
        Misconception(
            "takes the worst α",
            _wrong(
                lambda m, a: (
                    m["tuning"].index(min(m["tuning"])),
                    m["test"][m["tuning"].index(min(m["tuning"]))],
                )
            ),
            "Is a large reciprocal rank good or bad? Yours chooses the smallest.",
        ),
        Misconception(
            "swaps the halves",
            _wrong(lambda m, a: (_top(m["test"]), m["tuning"][_top(m["test"])])),
            "You tune on the test half and report on the other: which way round?",
        ),
        Misconception(
            "chooses no α at all",
            _wrong(lambda m, a: (0, m["test"][0])),
            "Your α is always the first of `alphas`: where are the means compared?",
        ),
    ),
    hints=(
        "For one kind: collect the rows of the tuning half and the rows of the test half.",
        "zip(*rows) gives the columns, one for each α; list.index(max(…)) finds the first of the best.",
        "Choose the column by the tuning means, then look that column up in the test means.",
    ),
)
