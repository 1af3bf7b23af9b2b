"""Storyworld: every text has its exact probability, the answers are true, and the English is clean."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from itertools import islice

import pytest

from assets.storyworld import KINDS, WEIGHTS, Text, labels, stories, stream, world, write
from assets.storyworld.lexicon import CATEGORIES, DOMAINS, LABELS, PEOPLE
from assets.storyworld.scenarios import Scenario, Trouble
from assets.storyworld.scene import Scene, form
from assets.storyworld.writer import RandomChooser, Writer, _LimitedWriter, derivations, enumerate_texts

SMALL_STORIES = (
    Scenario(
        goal="fly {hero.his} {colour} kite",
        wish="{hero} took {hero.his} {colour} kite [up the hill|to the beach].",
        troubles=(
            Trouble("The string broke.", "the string broke", "{friend} tied it.", "It flew.", "tied it"),
            Trouble("It rained.", "it rained", "{friend} had a coat.", "They ran home.", "had a coat"),
        ),
    ),
)


def some(kind: str, count: int, seed: int = 3) -> list[Text]:
    return list(islice(stream(seed, [kind]), count))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make stories and label tasks small enough to write them all."""
    monkeypatch.setattr(stories, "SCENARIOS", SMALL_STORIES)
    monkeypatch.setattr(stories, "_CLOSINGS", stories._CLOSINGS[1:3])
    monkeypatch.setattr(stories, "_OPENINGS", stories._OPENINGS[2:4])
    monkeypatch.setattr(stories, "_MOODS", stories._MOODS[2:])
    monkeypatch.setattr(labels, "MAX_SHOTS", 1)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "story_questions"])
def test_the_probabilities_of_all_texts_of_a_small_grammar_sum_to_one(kind: str) -> None:
    log_probs: dict[str, float] = {}
    for text, log_prob in enumerate_texts(KINDS[kind], limit=2):
        assert text not in log_probs, f"two derivations write {text!r}"
        log_probs[text] = log_prob
    assert len(log_probs) > 50
    assert math.isclose(math.fsum(map(math.exp, log_probs.values())), 1.0, rel_tol=1e-12)


@pytest.mark.usefixtures("small")
def test_the_mean_of_minus_log_prob_is_the_entropy_of_a_small_grammar() -> None:
    every = [log_prob for _, log_prob in enumerate_texts(KINDS["senses"], limit=2)]
    entropy = -math.fsum(math.exp(log_prob) * log_prob for log_prob in every)
    chooser, drawn = RandomChooser(11), []
    for _ in range(4_000):
        writer = _LimitedWriter(chooser, limit=2)
        KINDS["senses"](writer)
        drawn.append(-writer.log_prob)
    mean = sum(drawn) / len(drawn)
    error = math.sqrt(sum((value - mean) ** 2 for value in drawn)) / len(drawn)
    assert abs(mean - entropy) < 4 * error + 1e-12
    assert error < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_has_one_derivation_in_the_whole_grammar_and_its_probability_is_told(kind: str) -> None:
    for item in some(kind, 2 if kind == "labels" else 5, seed=101):
        found = list(derivations(write, item.text))
        assert len(found) == 1, item.text
        assert math.isclose(found[0], item.log_prob, rel_tol=1e-12)


def test_two_derivations_of_one_text_would_be_found() -> None:
    def doubtful(writer: Writer) -> None:
        writer.say(writer.pick(("a", "ab")))
        writer.say(writer.pick(("bc", "c")))

    assert len(list(derivations(doubtful, "abc"))) == 2
    assert len(list(derivations(doubtful, "ac"))) == 1


def test_texts_come_as_often_as_their_probabilities_say() -> None:
    draws = 20_000
    short = [item for item in some("closed_book", draws) if item.text.count("Question") == 1]
    share = WEIGHTS["closed_book"] / sum(WEIGHTS.values())
    counts = Counter(item.text for item in short)
    expected = {item.text: draws * math.exp(item.log_prob) / share for item in short}
    assert len(expected) == len(world.LANDS) * len(world.ATTRIBUTES) * 2
    chi_square = sum((counts[text] - wanted) ** 2 / wanted for text, wanted in expected.items())
    freedom = len(expected)
    assert abs(chi_square - freedom) < 5 * math.sqrt(2 * freedom)


def test_the_corpus_is_the_frozen_one() -> None:
    texts = "\n\n".join(item.text for item in islice(stream(0), 3_000))
    assert hashlib.sha256(texts.encode()).hexdigest().startswith("4906769dfbe48038")


def test_a_limited_draw_tells_the_probability_under_the_whole_mixture() -> None:
    item = next(stream(5, ["facts"]))
    assert math.isclose(item.log_prob, next(derivations(write, item.text)), rel_tol=1e-12)


def test_every_kind_comes_in_its_share() -> None:
    counts = Counter(item.kind for item in islice(stream(1), 4_000))
    for kind, weight in WEIGHTS.items():
        share = weight / sum(WEIGHTS.values())
        assert abs(counts[kind] / 4_000 - share) < 5 * math.sqrt(share / 4_000)


@pytest.mark.parametrize("seed", [-1, 1.5, "0"])
def test_a_bad_seed_is_refused(seed: object) -> None:
    with pytest.raises(ValueError, match="seed"):
        next(stream(seed))  # type: ignore[arg-type]


@pytest.mark.parametrize("kinds", [["poem"], []])
def test_an_unknown_kind_is_refused_with_the_list_of_kinds(kinds: list[str]) -> None:
    with pytest.raises(ValueError, match="story_questions"):
        next(stream(0, kinds))


@pytest.mark.parametrize(
    "slip",
    [
        r" \n",
        r"\b[Aa] [aeio]\w+",
        r"\b[Aa]n [^Aaeiouh]",
        r"  ",
        r" [.,?!]",
        r"[.,]{2}",
        r"[{}\[\]|]",
        r"\n\n",
    ],
)
def test_the_english_has_no(slip: str) -> None:
    for item in islice(stream(8), 4_000):
        assert not re.search(slip, item.text), item.text


def test_a_text_ends_as_a_sentence_or_a_label() -> None:
    for item in islice(stream(9), 1_000):
        assert item.text.endswith((".", "!", '"') if item.kind != "labels" else LABELS), item.text
        assert item.text[0].isupper() or item.text[0] == '"', item.text


def simulate(puzzle: str) -> str:
    """Solve a puzzle from its words alone."""
    head, *events, question = re.split(r"(?<=\.) ", puzzle.removeprefix("Puzzle: "))
    where = dict(re.findall(r"(\w+) has the (\w+)", head)) or dict(
        re.findall(r"[Tt]he (\w+) is in the (\w+)", head)
    )
    mover = {}
    for event in events:
        if swap := re.search(r"(\w+) swaps with (\w+)", event):
            one, two = swap.groups()
            where[one], where[two] = where[two], where[one]
        else:
            person, thing, place = re.search(r"(\w+) moves the (\w+) to the (\w+)", event).groups()
            where[thing], mover[thing] = place, person
    if asked := re.fullmatch(r"Who has the (\w+)\?", question):
        return next(name for name, thing in where.items() if thing == asked[1])
    if asked := re.fullmatch(r"What does (\w+) have\?", question):
        return f"The {where[asked[1]]}"
    if asked := re.fullmatch(r"Where is the (\w+)\?", question):
        return f"In the {where[asked[1]]}"
    return mover[re.fullmatch(r"Who moved the (\w+)(?: last)?\?", question)[1]]


@pytest.mark.parametrize("kind", ["puzzle_direct", "puzzle_steps"])
def test_the_answer_to_a_puzzle_is_right(kind: str) -> None:
    for item in some(kind, 400):
        puzzle = item.text.split("\n")[0]
        assert item.text.endswith(f"\nAnswer: {simulate(puzzle)}."), item.text


def test_the_last_step_of_a_puzzle_shows_the_final_state() -> None:
    item = next(item for item in some("puzzle_steps", 50) if "Who has the" in item.text)
    thing = re.search(r"Who has the (\w+)", item.text)[1]
    last, answer = item.text.splitlines()[-2:]
    assert f"{answer.removeprefix('Answer: ').removesuffix('.')}: {thing}" in last


def test_a_label_task_can_be_solved_from_its_examples() -> None:
    category = {word: name for name, words in CATEGORIES.items() for word in words}
    for item in some("labels", 300):
        pairs = [line.removeprefix("- ").split(": ") for line in item.text.splitlines()[1:]]
        *shots, (word, label) = pairs
        seen = {category[example]: name for example, name in shots}
        assert all(seen[category[example]] == name for example, name in shots)
        assert seen[category[word]] == label and word not in dict(shots)
        assert len(set(Counter(name for _, name in shots).values())) == 1
        assert 2 <= len(seen) <= 4 and len(set(seen.values())) == len(seen)


def test_no_word_stands_twice_in_the_categories_or_a_domain() -> None:
    words = [word for words in CATEGORIES.values() for word in words]
    for listed in (words, LABELS, [person.name for person in PEOPLE]):
        assert not [word for word, count in Counter(listed).items() if count > 1]
    assert not [name for name, values in DOMAINS.items() if len(set(values)) < len(values)]


def test_closed_book_answers_are_the_facts_of_the_land() -> None:
    for item in some("closed_book", 200):
        for question, answer in re.findall(r"Question: (.*)\nAnswer: (.*)", item.text):
            land = next(row["land"] for row in world.LANDS if row["land"] in question)
            assert (question, answer) in world.questions_about(land)


def test_an_unknown_land_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Atlantis.*Velmora"):
        world.questions_about("Atlantis")


def test_open_book_answers_stand_in_the_note() -> None:
    for item in some("note_questions", 200):
        note = item.text.split("\n")[0].lower()
        for answer in re.findall(r"Answer: (.*)\.", item.text):
            words = set(re.findall(r"\w+", answer.lower())) - {"a", "at", "in", "to", "is", "the"}
            assert words <= set(re.findall(r"\w+", note)), item.text


def test_articles_and_pronouns_agree() -> None:
    words = {"apple": "an", "kite": "a", "hour": "an", "unicorn": "a", "umbrella": "an", "island": "an"}
    assert [form(word, "a") for word in words] == [f"{article} {word}" for word, article in words.items()]
    anna, adam = PEOPLE[:2]
    assert (form(anna, "He"), form(anna, "his"), form(adam, "him")) == ("She", "her", "him")


def test_a_slot_keeps_its_value_and_two_slots_differ() -> None:
    writer = Writer(RandomChooser(4))
    scene = Scene(writer)
    scene.say("{day} {day} {day2} {day3} {day4} {day5} {day6} {day7}")
    words = writer.text.split()
    assert words[0] == words[1]
    assert sorted(words[1:]) == sorted(DOMAINS["day"])
    assert math.isclose(writer.log_prob, -math.log(math.factorial(7)))


def test_a_bracket_that_is_never_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="never closed"):
        Scene(Writer(RandomChooser(0))).say("a [b|c")
