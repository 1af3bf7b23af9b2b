"""Lesson 23, before and at retrieval: cutters, measures, index and filters, self-query, summaries, graph."""

from __future__ import annotations

import functools
import itertools
import json

import networkx
import numpy as np
import pytest

from helpers import documents, lessons, packages

lesson = lessons.load("23_rag")
TEXT = "One two three. Four five? Six seven eight nine!\nTen eleven twelve. Thirteen."
PAGE = documents.Document(
    "P-1", "Fares", "A goat pays half. A hen pays an egg.", "table", "1990-05-01", "Tollick", "A. B."
)
LATER = documents.Document(
    "P-2", "New fares", "A goat pays half. A hen pays two eggs.", "table", "2001-01-01", "Tollick", "C. D."
)
ASKED = documents.Question(
    "Q", "what does a goat pay", "fact", "x", ("P-1",), ("goat pays half",), "half", "test"
)


class Letters:
    """An encoder for tests: counts of letters, scaled to length 1."""

    def encode(self, texts):
        rows = np.array(
            [[1e-3 + text.casefold().count(letter) for letter in "abcdefghinorstuy"] for text in texts]
        )
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def chunks(size: int = 5) -> list:
    return lesson.chunked([PAGE, LATER], functools.partial(lesson.sentence_chunks, size=size))


# ---- measures


def test_hit_rate_and_mrr_count_a_miss_as_nothing():
    ranks = [1, 2, 3, None, 5]
    assert (lesson.hits(ranks, 1), lesson.hits(ranks, 3)) == pytest.approx((0.2, 0.6))
    assert lesson.reciprocal(ranks) == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 5) / 5)
    assert lesson.reciprocal([None, None]) == lesson.hits([None], 9) == 0


def test_both_measures_equal_ir_measures():
    packages.need("pytrec_eval", "pytrec-eval-terrier")
    library, rng = packages.load("ir_measures"), np.random.default_rng(0)
    ranks = [int(rank) if rank < 8 else None for rank in rng.integers(1, 12, size=40)]
    names = [f"q{i}" for i in range(40)]
    right = [library.Qrel(q, f"c{r}" if r else "none", 1) for q, r in zip(names, ranks, strict=True)]
    run = [library.ScoredDoc(q, f"c{j}", -j) for q in names for j in range(1, 8)]
    theirs = library.calc_aggregate([library.Success @ 4, library.RR], right, run)
    assert theirs[library.Success @ 4] == pytest.approx(lesson.hits(ranks, 4))
    assert theirs[library.RR] == pytest.approx(lesson.reciprocal(ranks))


# ---- cutters


@pytest.mark.parametrize(("size", "overlap"), [(4, 0), (4, 1), (5, 4), (7, 3), (50, 10)])
def test_windows_hold_every_word_at_its_place(size, overlap):
    found = lesson.sliding_chunks(TEXT, size, overlap)
    words = TEXT.split()
    assert all(words[start : start + size] == text.split() for start, text in found)
    assert {start + i for start, text in found for i in range(len(text.split()))} == set(range(len(words)))
    assert all(b[0] - a[0] == size - overlap for a, b in itertools.pairwise(found))
    assert len(found) == 1 or len(found[-1][1].split()) > overlap, "the last window brings a new word"
    assert lesson.fixed_chunks(TEXT, size) == lesson.sliding_chunks(TEXT, size, 0)


@pytest.mark.parametrize(("size", "overlap"), [(5, 5), (5, -1), (0, 0)])
def test_windows_that_do_not_move_on_are_refused(size, overlap):
    with pytest.raises(ValueError, match=f"got overlap={overlap} and size={size}"):
        lesson.sliding_chunks(TEXT, size, overlap)


@pytest.mark.parametrize(
    ("length", "size", "overlap"), [(1, 7, 0), (4, 7, 2), (7, 7, 6), (9, 7, 3), (3, 10, 2)]
)
def test_the_share_that_is_cut_is_counted(length, size, overlap):
    period = size - overlap
    whole = [
        (start, start + len(text.split()))
        for start, text in lesson.sliding_chunks("w " * 40 * period, size, overlap)
    ]
    runs = range(10 * period, 20 * period)
    lost = [not any(a <= run and run + length <= b for a, b in whole) for run in runs]
    assert np.mean(lost) == pytest.approx(lesson.cut_share(length, size, overlap))


def test_no_share_of_windows_that_do_not_move_on():
    with pytest.raises(ValueError, match="got 8, 8, 3"):
        lesson.cut_share(3, 8, 8)


def test_sentences_end_at_marks_and_lines_and_long_ones_come_in_pieces():
    assert lesson.sentences(TEXT, 3) == [
        "One two three.", "Four five?", "Six seven eight", "nine!", "Ten eleven twelve.", "Thirteen.",
    ]  # fmt: skip
    assert lesson.sentences(" \n ", 3) == []


@pytest.mark.parametrize("size", [2, 5, 6, 9, 100])
def test_both_sentence_cutters_keep_all_words_in_order_and_the_size(size):
    meaning = functools.partial(lesson.semantic_chunks, encode=Letters().encode, size=size)
    for found in (lesson.sentence_chunks(TEXT, size), meaning(TEXT)):
        assert " ".join(text for _, text in found).split() == TEXT.split()
        assert all(0 < len(text.split()) <= size for _, text in found)
        assert [start for start, _ in found] == [
            sum(len(text.split()) for _, text in found[:i]) for i in range(len(found))
        ]


def test_the_semantic_cutter_cuts_between_the_least_alike():
    rows = np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1], [0, 1], [0, 1]])
    found = lesson.semantic_chunks("a b. c d. e f. g h. i j. k l.", lambda units: rows[: len(units)], 9)
    assert [text for _, text in found] == ["a b. c d. e f.", "g h. i j. k l."]
    steep = np.array([[1, 0], [1, 0], [0, 1]])
    found = lesson.semantic_chunks("a b. c d. e f.", lambda units: steep, 4)
    assert found == [(0, "a b. c d."), (4, "e f.")]
    assert lesson.semantic_chunks("", None, 5) == lesson.sentence_chunks("", 5) == []


def test_whole_sentences_fill_a_chunk_to_the_last_word():
    assert lesson.sentence_chunks("a b. c d. e f.", 4) == [(0, "a b. c d."), (4, "e f.")]


def test_a_chunk_knows_its_document_and_a_text_without_words_has_none():
    first = chunks()[0]
    assert (first.document, first.kind, first.date, first.author, first.start) == (
        "P-1",
        "table",
        "1990-05-01",
        "A. B.",
        0,
    )
    assert chunks()[1].start == 4 and lesson.headed(first) == "Fares. A goat pays half."
    assert lesson.headed(lesson.Chunk("x", "d")) == "x"
    assert (
        lesson.chunked([documents.Document("E", "empty", "")], lambda text: lesson.fixed_chunks(text, 5))
        == []
    )


def test_a_chunk_is_right_if_its_document_is_and_it_holds_a_quotation():
    right = [lesson.holds(chunk, ASKED) for chunk in chunks()]
    assert right == [True, False, False, False]
    assert lesson.holds(lesson.Chunk("**Goat** pays\nhalf", "P-1"), ASKED)
    assert not lesson.holds(lesson.Chunk("goat pays halfway", "P-1"), ASKED)
    assert lesson.rank_of([4, 2, 7], {7, 9}) == 3 and lesson.rank_of([4, 2], {7}) is None


def test_a_budget_is_filled_in_order_and_what_is_too_long_is_passed_over():
    assert lesson.within([2, 0, 1], [30, 50, 60], 100) == [2, 0]
    assert lesson.within([1, 2, 0], [30, 50, 60], 80) == [1, 0] and lesson.within([], [], 9) == []


# ---- index and filter


def test_the_index_is_the_hybrid_of_lesson_22_and_finds_only_what_is_allowed():
    index, retrieval = lesson.Index(chunks(), Letters(), alpha=0.3), lessons.load("22_retrieval")
    mixed = retrieval.hybrid(*index.scores("goat fares"), 0.3)
    found = index.search("goat fares", 9)
    assert [place for place, _ in found] == np.argsort(-mixed, kind="stable").tolist()
    assert [score for _, score in found] == pytest.approx(sorted(mixed, reverse=True))
    allowed = index.search("goat fares", 3, [False, True, False, True])
    assert {place for place, _ in allowed} == {1, 3} and index.search("goat", 3, [False] * 4) == []
    assert [place for place, _ in index.search("goat", 3, [False, False, True, False])] == [2]


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        ({}, True),
        ({"kind": "table", "place": "Tollick", "author": "A. B."}, True),
        ({"author": "C. D."}, False),
        ({"after": "1990-05-01"}, True),
        ({"after": "1990-05-02"}, False),
        ({"before": "1990-05-02"}, True),
        ({"before": "1990-05-01"}, False),
    ],
)
def test_a_filter_wants_equal_fields_and_a_date_from_after_until_before(wanted, passes):
    assert lesson.matches(lesson.payload(chunks()[0]), wanted) is passes


def test_what_has_no_date_lies_in_no_period():
    undated = vars(lesson.Chunk("x", "d"))
    assert lesson.matches(undated, {}) and not lesson.matches(undated, {"before": "2000-01-01"})
    assert lesson.day_number("") == 0 and lesson.day_number("1997-04-01") == 19970401


# ---- the question makes the filter


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What did people pay in 1988?", {"after": "1988-01-01", "before": "1989-01-01"}),
        ("What was said before 1990?", {"before": "1990-01-01"}),
        ("What was said after 1990?", {"after": "1991-01-01"}),
        ("Which letters since 1990?", {"kind": "letter", "after": "1990-01-01"}),
        ("Which logs of December 1999?", {"kind": "log", "after": "1999-12-01", "before": "2000-01-01"}),
        ("What was written between 1994 and 1996?", {"after": "1994-01-01", "before": "1997-01-01"}),
        ("The minutes by Lisbet Arkle?", {"kind": "minutes", "author": "Lisbet Arkle"}),
        ("The newest notice at Cobble Head?", {"kind": "notice", "place": "Cobble Head", "latest": True}),
        ("How much did the storm of 1998 cost?", {}),
        ("How many cogs has the nut that was fitted in 1999?", {}),
        ("How long is the boat from Tollick to Ambry Quay?", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_the_grammar_reads_kind_place_author_and_dates(question, wanted):
    assert lesson.construct(question) == {"query": question, "filter": wanted}


def test_a_usable_filter_marks_the_chunks_that_pass():
    mask, note = lesson.usable({"before": "2000-01-01"}, chunks())
    assert mask.tolist() == [True, True, False, False] and note == ""
    assert lesson.usable('{"author": "C. D."}', chunks())[0].tolist() == [False, False, True, True]
    assert lesson.usable({"latest": True}, chunks(), {"P-1"})[0].tolist() == [False, False, True, True]
    assert lesson.usable({}, chunks()) == (None, "")


@pytest.mark.parametrize(
    ("wanted", "note"),
    [
        ('{"kind": ', "it is not JSON"),
        ('["kind"]', "is not of type 'object'"),
        ({"mood": "cross"}, "'mood' was unexpected"),
        ({"after": "1990"}, "'1990' does not match"),
        ({"latest": "yes"}, "is not of type 'boolean'"),
        ({"kind": "poem"}, "no document passes {'kind': 'poem'}"),
        ({"latest": True, "author": "A. B."}, "no document passes"),
    ],
)
def test_a_filter_that_cannot_be_used_is_left_out_with_a_note(wanted, note):
    mask, said = lesson.usable(wanted, chunks(), {"P-1"})
    assert mask is None and said.startswith("Searched without the filter: ") and note in said


def test_a_document_is_outdated_by_a_later_one_that_repeats_it():
    assert lesson.outdated(chunks()) == {"P-1"}
    assert lesson.outdated(chunks(), share=0.9) == set()
    same_day = [lesson.Chunk("A goat pays half.", name, date="1990-05-01") for name in ("x", "y")]
    assert lesson.outdated(same_day) == set()
    assert (
        lesson.outdated([lesson.Chunk("A goat pays half.", "x"), lesson.Chunk("A goat pays half.", "y")])
        == set()
    )


def test_every_labelled_filter_passes_the_schema():
    for question in documents.filter_questions():
        _, note = lesson.usable(json.dumps(question.filter), chunks())
        assert note == "" or "no document passes" in note, (question, note)


# ---- summaries and neighbours


def test_a_summary_keeps_the_most_central_sentences_in_their_order():
    rows = {"A b.": [0.6, 0.8], "C d.": [0, 1], "E f.": [0.8, 0.6]}
    assert (
        lesson.summary("A b. C d. E f.", lambda units: np.array([rows[unit] for unit in units]), 1) == "A b."
    )
    two = lesson.summary("E f. C d. A b.", lambda units: np.array([rows[unit] for unit in units]), 2)
    assert two == "E f. A b."
    assert lesson.summary("A b. C d.", None, 2) == "A b. C d."


def test_two_stages_search_only_the_chunks_of_the_best_summaries():
    index = lesson.Index(chunks(), Letters())
    tops = lesson.Index([lesson.Chunk("goat", "P-1"), lesson.Chunk("eggs", "P-2")], Letters(), alpha=0.0)
    places, compared = lesson.two_stage("goat", 4, index, tops, 1)
    assert set(places) == {0, 1} and compared == 2 + 2


def test_the_graph_holds_links_and_names_that_few_documents_share():
    pages = [
        documents.Document("a", "", "we met Nella Varrick here", links=("c",)),
        documents.Document("b", "", "then Nella Varrick left in April"),
        documents.Document("c", "", "it rained in April"),
        documents.Document("d", "", "Nothing"),
    ]
    graph = lesson.graph_of(pages)
    assert isinstance(graph, networkx.Graph) and set(graph["a"]) == {"c", ("name", "Nella Varrick")}
    assert lesson.neighbours(graph, "a") == {"b", "c"} and lesson.neighbours(graph, "d") == set()
    assert lesson.neighbours(lesson.graph_of(pages, names=False), "c") == {"a"}
    assert lesson.neighbours(lesson.graph_of(pages, links=False), "c") == set()
    assert lesson.neighbours(lesson.graph_of(pages, most=1), "b") == set() == lesson.neighbours(graph, "zz")


def test_one_step_puts_the_best_chunk_of_a_neighbour_behind_the_first():
    found = [lesson.Chunk("x", name) for name in ("a", "b", "b", "c")]
    graph = networkx.Graph([("a", "b"), ("c", "b")])
    scores = np.array([0.9, 0.1, 0.5, 0.3])
    assert lesson.expand([0, 3], found, graph, scores) == [0, 2, 3]
    assert lesson.expand([0, 3], found, graph, scores, seeds=2, extra=2) == [0, 2, 1, 3]
    assert lesson.expand([2, 0], found, graph, scores, seeds=2) == [2, 0, 1]
    assert lesson.expand([0, 2], found, graph, scores, extra=0) == [0, 2]
    assert lesson.expand([], found, graph, scores) == []
