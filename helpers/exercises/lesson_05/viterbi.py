"""Exercise 05.viterbi: the most probable segmentation."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

LogProbs = dict[str, float]


def segment(text: str, log_probs: dict[str, float]) -> list[str]:
    """ "ab", {"a": -1.0, "b": -1.5, "ab": -2.0}  ->  ["ab"]"""
    best, pieces = [0.0], [[]]
    for end in range(1, len(text) + 1):
        starts = [start for start in range(end) if text[start:end] in log_probs]
        start = max(starts, key=lambda start: best[start] + log_probs[text[start:end]])
        best.append(best[start] + log_probs[text[start:end]])
        pieces.append([*pieces[start], text[start:end]])
    return pieces[-1]


def _all_cuts(text: str, log_probs: LogProbs) -> list[list[str]]:
    if not text:
        return [[]]
    heads = [text[:end] for end in range(1, len(text) + 1) if text[:end] in log_probs]
    return [[head, *rest] for head in heads for rest in _all_cuts(text[len(head) :], log_probs)]


def _longest_first(text: str, log_probs: LogProbs) -> list[str]:
    pieces = []
    while text:
        size = next(n for n in range(len(text), 0, -1) if text[:n] in log_probs)
        pieces.append(text[:size])
        text = text[size:]
    return pieces


def _likeliest_first(text: str, log_probs: LogProbs) -> list[str]:
    pieces = []
    while text:
        heads = [text[:n] for n in range(1, len(text) + 1) if text[:n] in log_probs]
        pieces.append(max(heads, key=log_probs.__getitem__))
        text = text[len(pieces[-1]) :]
    return pieces


def _fewest(text: str, log_probs: LogProbs) -> list[str]:
    return min(_all_cuts(text, log_probs), key=len)


def _best_mean(text: str, log_probs: LogProbs) -> list[str]:
    return max(_all_cuts(text, log_probs), key=lambda cut: sum(log_probs[p] for p in cut) / max(1, len(cut)))


def _worst(text: str, log_probs: LogProbs) -> list[str]:
    return min(_all_cuts(text, log_probs), key=lambda cut: sum(log_probs[p] for p in cut))


def _backwards(text: str, log_probs: LogProbs) -> list[str]:
    return segment(text, log_probs)[::-1]


def _last_step_only(text: str, log_probs: LogProbs) -> list[str]:
    """Choose for each end the best last piece, without what came before."""
    pieces = []
    while text:
        tails = [text[start:] for start in range(len(text)) if text[start:] in log_probs]
        pieces.insert(0, max(tails, key=log_probs.__getitem__))
        text = text[: -len(pieces[0])]
    return pieces


def _only_letters(text: str, log_probs: LogProbs) -> list[str]:
    return list(text)


def _adds_probabilities(text: str, log_probs: LogProbs) -> list[str]:
    from math import exp

    return max(_all_cuts(text, log_probs), key=lambda cut: sum(exp(log_probs[p]) for p in cut))


def _pairs_at_most(text: str, log_probs: LogProbs) -> list[str]:
    return segment(text, {piece: p for piece, p in log_probs.items() if len(piece) <= 2})


def _multiplies_logs(text: str, log_probs: LogProbs) -> list[str]:
    from math import prod

    return max(_all_cuts(text, log_probs), key=lambda cut: prod(log_probs[p] for p in cut))


def _merges_neighbours(text: str, log_probs: LogProbs) -> list[str]:
    """Begin with letters, and join the first two neighbours that are likelier as one piece."""
    pieces, i = list(text), 0
    while i + 1 < len(pieces):
        left, right = pieces[i : i + 2]
        if log_probs.get(left + right, float("-inf")) > log_probs[left] + log_probs[right]:
            pieces[i : i + 2], i = [left + right], 0
        else:
            i += 1
    return pieces


def _draw_text(rng: Random) -> tuple[str, LogProbs]:
    log_probs = {char: -rng.uniform(2.0, 5.0) for char in "abc"}
    for _ in range(rng.randrange(4, 10)):
        piece = "".join(rng.choices("abc", k=rng.randrange(2, 5)))
        log_probs[piece] = -rng.uniform(3.0, 9.0)
    return "".join(rng.choices("abc", k=rng.randrange(1, 10))), log_probs


EXERCISE = Exercise(
    id="05.viterbi",
    title="The most probable segmentation",
    minutes=12,
    difficulty=3,
    reference=segment,
    cases=(
        ("ab", {"a": -1.0, "b": -1.5, "ab": -2.0}),
        ("ab", {"a": -1.0, "b": -1.5, "ab": -3.0}),
        ("abc", {"a": -3.0, "b": -5.0, "c": -5.5, "ab": -2.0, "bc": -2.5}),
        ("abcd", {"a": -2.0, "b": -9.0, "c": -9.0, "d": -9.0, "abc": -3.0, "bcd": -2.0}),
        ("abcabc", {"a": -1.0, "b": -1.1, "c": -1.2, "abc": -9.0, "abcabc": -20.0}),
        ("aabb", {"a": -1.0, "b": -1.3, "aab": -4.5, "abb": -2.0, "aa": -2.5}),
        ("abc", {"a": -2.0, "b": -1.0, "c": -3.0, "ab": -1.9, "bc": -3.0}),
        ("abc", {"a": -0.5, "b": -0.5, "c": -2.0, "abc": -1.95}),
        ("", {"a": -1.0}),
        ("a", {"a": -7.0}),
    ),
    draw=_draw_text,
    misconceptions=(
        Misconception(
            "takes the longest piece from the left",
            _longest_first,
            "You take the longest piece from the left, as WordPiece does; can a long piece force an "
            "expensive rest?",
        ),
        Misconception(
            "takes the likeliest piece from the left",
            _likeliest_first,
            "You take the likeliest next piece; single letters are likely, but how many of them do you "
            "pay for?",
        ),
        Misconception(
            "takes the likeliest last piece",
            _last_step_only,
            "You compare last pieces only; what does the path *before* each of them cost?",
        ),
        Misconception(
            "looks for the fewest pieces",
            _fewest,
            "Fewer pieces often win, but not always: two likely pieces or one very rare one?",
        ),
        Misconception(
            "compares means",
            _best_mean,
            "You divide by the number of pieces; which product is the probability of a segmentation?",
        ),
        Misconception(
            "minimises",
            _worst,
            "Log-probabilities are negative: is the best sum the largest or the smallest?",
        ),
        Misconception(
            "adds probabilities",
            _adds_probabilities,
            "You add probabilities; for pieces that must all occur, are they added or multiplied?",
        ),
        Misconception(
            "returns the pieces backwards",
            _backwards,
            "The pieces are the right ones; in which direction did you walk when you collected them?",
        ),
        Misconception(
            "cuts into letters",
            _only_letters,
            "You return single letters; when is a longer piece cheaper than its letters?",
        ),
        Misconception(
            "tries pieces of two letters at most",
            _pairs_at_most,
            "Pieces may be longer than two letters: from where to where does your inner loop run?",
        ),
        Misconception(
            "multiplies log-probabilities",
            _multiplies_logs,
            "You multiply logarithms; which operation on logarithms multiplies the probabilities?",
        ),
        Misconception(
            "merges neighbours while that helps",
            _merges_neighbours,
            "You join neighbours as BPE does, and never take a merge back: can an early one block a "
            "better path?",
        ),
    ),
    hints=(
        "Keep the best score for each position: `best[0] = 0`, and `best[end]` from all earlier positions.",
        "`best[end]` is the maximum of `best[start] + log_probs[text[start:end]]` over all starts whose "
        "piece is known.",
        "Remember the start that won at each end; or keep the list of pieces beside the score.",
    ),
)
