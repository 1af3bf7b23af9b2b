"""Lesson 23, after retrieval: context, compression, PageRank, answers, abstention, judges."""

from __future__ import annotations

import math

import networkx
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from helpers import documents, encoders, lessons, models

lesson = lessons.load("23_rag")

FERRY = "The ferry leaves at 07:10 and the last one at 19:15, says Tamsel to whoever asks her on the quay."
LATER = FERRY.replace("07:10", "06:50")


def chunk(text: str, document: str = "HB-900", date: str = "1990-01-01", title: str = "On boats"):
    return lesson.Chunk(text, document, title, "guide", date, "Tollick", 0)


def count(text: str) -> int:
    return len(text.split())


@pytest.fixture(scope="module")
def index():
    """An index of five short chunks, by the embedded encoder."""
    chunks = [
        chunk(FERRY, "HB-901"),
        chunk(LATER, "HB-902", "1999-01-01"),
        chunk("A goat pays half. Two goats make one passenger. The hen rides free.", "HB-903"),
        chunk("| Coin | Metal |  | nick of Tollick | melted bronze |", "HB-904"),
        chunk("The clock is slow on purpose. Nobody minds.", "HB-905"),
    ]
    return lesson.Index(chunks, encoders.Remembering(encoders.encoder()))


# ---- choosing and fitting


def test_the_light_reranker_orders_the_first_places_and_leaves_the_rest(index):
    class Backwards:
        def score(self, question, texts, bm25, cosine):
            assert len(texts) == len(bm25) == len(cosine)
            return np.arange(len(texts))

    assert lesson.lighter("ferry", [3, 0, 2, 4], index, Backwards(), top=3) == [2, 0, 3, 4]
    assert lesson.lighter("ferry", [], index, Backwards()) == []
    assert lesson.lighter("ferry", [3, 1], index, Backwards(), top=0) == [3, 1]


def test_shared_runs_of_three_words_by_hand():
    assert lesson.shared_share("a b c d e", "x a b c d") == 2 / 3
    assert lesson.shared_share("a b c", "a b c d e f") == 1
    assert lesson.shared_share("a b", "a b c") == 0


def test_claims_are_numbers_and_names_that_begin_no_sentence():
    text = "The *Second Thoughts* leaves at 19:15. Nobody but Ivo pays 1,900 nicks or 2.5 for it on 4 May."
    assert lesson.claims(text) == {"Second", "Thoughts", "19:15", "Ivo", "1,900", "2.5", "4", "May"}


def test_a_context_keeps_its_budget_and_passes_over_what_is_too_long():
    chunks = [chunk(" ".join(f"w{i}x{j}" for j in range(size))) for i, size in enumerate((5, 9, 3, 1))]
    for budget in range(40):
        chosen = lesson.assemble([1, 0, 2, 3], chunks, budget, count)
        assert sum(count(lesson.headed(chunks[place])) for place in chosen) <= budget
    assert lesson.assemble([1, 0, 2, 3], chunks, 13, count) == [1]
    assert lesson.assemble([1, 0, 2, 3], chunks, 10, count) == [0, 3]
    assert lesson.assemble([3, 0, 3], chunks, 100, count) == [3, 0]


def test_of_twins_the_same_is_dropped_and_the_newer_goes_in_front_where_wanted():
    again = FERRY.replace("whoever", "anybody")
    chunks = [chunk(FERRY), chunk("A goat pays half of it."), chunk(LATER, date="1999-01-01"), chunk(again)]
    assert lesson.assemble([0, 1, 2, 3], chunks, 1000, count) == [0, 1, 2]
    assert lesson.assemble([0, 1, 2, 3], chunks, 1000, count, newest=True) == [2, 0, 1]
    assert lesson.assemble([2, 1, 0], chunks, 1000, count, newest=True) == [2, 1, 0]


def test_a_negative_budget_is_refused():
    with pytest.raises(ValueError, match="got -1"):
        lesson.assemble([], [], -1, count)


# ---- compression


def test_the_best_pieces_stay_in_their_order_within_the_share():
    assert lesson.compress("one two three four", 0.5, lambda pieces: [1, 4, 2, 3]) == "two four"
    assert lesson.compress("one two three four", 1, lambda pieces: [1, 4, 2, 3]) == "one two three four"
    assert lesson.compress("one two three", 0, lambda pieces: [1, 2, 3]) == ""
    assert lesson.compress("", 0.5, lambda pieces: []) == ""


def test_a_piece_that_does_not_fit_leaves_room_for_a_shorter_one():
    cut = lambda text: text.split("/")  # noqa: E731
    assert lesson.compress("a b c d/e f/g", 0.5, lambda pieces: [3, 1, 2], cut) == "e f g"


@pytest.mark.parametrize("keep", [-0.1, 1.1])
def test_a_share_that_is_none_is_refused(keep):
    with pytest.raises(ValueError, match=f"got {keep}"):
        lesson.compress("a b", keep, len)


def test_the_surprisal_of_pairs_by_hand_leaves_out_the_pair_itself():
    found = lesson.Pairs(["the goat. The goat", "the hen"]).surprisal(["the", "goat", "zebra"])
    alone = {"the": 3.5 / 7, "goat": 2.5 / 7, "zebra": 0.5 / 7}
    after = {"the": 0, "goat": 1 / 2, "zebra": 0}
    expected = [-math.log(0.5 * alone[word] + 0.5 * after[word]) for word in alone]
    assert np.allclose(found, expected)


def test_the_surprisals_of_a_model_sum_to_its_loss_and_go_on_beyond_the_window():
    model, tokenizer = models.load("story")
    text = "Note: The bookshop is closed on Tuesday because the water is off."
    row = tokenizer(tokenizer.eos_token + text, return_tensors="pt")["input_ids"]
    loss = model(row, labels=row).loss.item() * (row.shape[1] - 1)
    assert lesson.surprisals(text.split(), model, tokenizer).sum() == pytest.approx(loss, rel=1e-4)
    long = lesson.surprisals((text + " ").split() * 40, model, tokenizer)
    assert len(long) == 12 * 40 and (long > 0).all()
    assert len(lesson.surprisals([], model, tokenizer)) == 0


def test_statements_are_sentences_and_rows_of_tables_without_marks_of_emphasis():
    text = '**When?** It *never* begins on time. "Quite so." He left at 7.30 sharp. | a | b c |  | d e | f |'
    assert lesson.statements(text) == [
        "It never begins on time.",
        "He left at 7.30 sharp.",
        "| a | b c |",
        "| d e | f |",
    ]
    assert lesson.statements(" ".join(lesson.statements(text))) == lesson.statements(text)
    assert lesson.statements("f(*args, **kwargs) takes them all") == ["f(*args, **kwargs) takes them all"]
    assert lesson.statements("") == []


@pytest.mark.parametrize("size", [1, 2, 7, 19])
def test_pagerank_is_that_of_networkx(size):
    rng = np.random.default_rng(size)
    weights = rng.random((size, size)) * (rng.random((size, size)) < 0.6)
    weights[0] = 0  # a point from which no edge leaves
    graph = networkx.from_numpy_array(weights, create_using=networkx.DiGraph)
    theirs = networkx.pagerank(graph, tol=1e-12, max_iter=1000)
    assert np.abs(lesson.pagerank(weights) - list(theirs.values())).max() < 1e-9
    assert lesson.pagerank(weights).sum() == pytest.approx(1)


def test_the_most_central_sentence_is_the_one_that_shares_most():
    pieces = ["the goat on the quay", "a goat and a hen", "hen and quay at night", "nothing alike whatsoever"]
    ranks = lesson.lexrank([*pieces, "goat hen quay"])
    assert ranks.argmax() == 4 and ranks.argmin() == 3 and ranks.sum() == pytest.approx(1)
    assert lesson.lexrank(["alone"]).tolist() == [1] and len(lesson.lexrank([])) == 0


def test_likeness_by_hand_symmetric_and_zero_with_itself():
    common, rare = math.log(3 / 2) ** 2, math.log(3) ** 2
    assert lesson.likeness(["a b", "a c", "d"])[0, 1] == pytest.approx(common / (common + rare))
    found = lesson.likeness(["a b c", "b c d", "x y"])
    assert np.allclose(found, found.T) and not found.diagonal().any() and found[0, 1] > 0 == found[0, 2]


# ---- answers


def test_completions_do_not_depend_on_the_batch():
    model, tokenizer = models.load("story")
    note = "Note: The chess club meets on Sunday at eleven in the music room.\nQuestion: {}\nAnswer:"
    prompts = [
        note.format("When does the chess club meet?"),
        note.format("Where?"),
        "Question: Who called?\nAnswer:",
    ]
    together = lesson.complete(prompts, model, tokenizer)
    assert together == [lesson.complete([one], model, tokenizer)[0] for one in prompts]
    assert together[0] == "On Sunday at eleven."


def test_a_prompt_names_every_document_and_ends_with_the_question():
    prompt = lesson.write_prompt("Who pays?", [chunk("A goat pays half.", "HB-903", "1991-02-03")])
    assert "[HB-903, 1991-02-03] A goat pays half." in prompt
    assert prompt.endswith("Question: Who pays?\nAnswer:")


def test_the_sentence_that_fits_is_quoted_with_the_next_and_with_its_document(index):
    said = lesson.answer("What does a goat pay?", index.chunks, index)
    assert said.text == "A goat pays half. Two goats make one passenger." and said.citations == ("HB-903",)
    assert str(said) == f"{said.text} [HB-903]" and said.score > 0.5
    alone = lesson.answer("What does a goat pay?", index.chunks, index, after=0)
    assert alone.text == "A goat pays half." and alone.score == said.score


def test_a_sentence_of_two_documents_cites_both(index):
    twice = [chunk("A goat pays half.", name) for name in ("HB-1", "HB-2", "HB-1")]
    assert lesson.answer("goat", twice, index).citations == ("HB-1", "HB-2")


def test_below_the_threshold_nothing_is_said_but_why(index):
    said = lesson.answer("What does a goat pay?", index.chunks, index, least=9)
    assert (said.text, said.citations) == ("", ()) and "is below 9.00" in str(said) and said.score < 9


@pytest.mark.parametrize("question", ["", "?!", "What?"])
def test_nothing_found_or_asked_is_said(index, question):
    assert "Nothing was found" in str(lesson.answer(question, [], index))
    assert "Nothing was found" in str(lesson.answer("", index.chunks, index))
    assert "Nothing was found" in str(lesson.answer(question, [chunk("")], index))


def test_support_is_larger_for_the_sentence_that_shares_the_rare_word(index):
    points = lesson.support("the goat", ["Only the goat knows.", "Only the clock knows."], index)
    assert points[0] > points[1] + 0.3
    assert np.isfinite(lesson.support("zzz где 42", ["A goat pays."], index)).all()


# ---- judges


@pytest.mark.parametrize("seed", range(4))
def test_auroc_is_that_of_sklearn_ties_included(seed):
    rng = np.random.default_rng(seed)
    scores, good = rng.integers(0, 6, size=37), rng.random(37) < 0.3 + 0.1 * seed
    good[0], good[1] = True, False
    assert lesson.auroc(scores, good) == pytest.approx(roc_auc_score(good, scores))


def test_auroc_by_hand_and_its_refusals():
    assert lesson.auroc([3, 1, 2], [True, False, False]) == 1
    assert lesson.auroc([1, 1, 0], [True, False, True]) == 0.25
    for good in ([True, True], [False, False]):
        with pytest.raises(ValueError, match="of good and of bad"):
            lesson.auroc([1, 2], good)
    with pytest.raises(ValueError, match=r"got \(3,\)"):
        lesson.auroc([1, 2, 3], [True, False])


def test_kappa_by_hand_and_by_sklearn():
    assert lesson.kappa([1, 1, 0, 0], [1, 0, 0, 0]) == pytest.approx(0.5)
    rng = np.random.default_rng(3)
    one, other = rng.random(50) < 0.4, rng.random(50) < 0.7
    assert lesson.kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))
    assert lesson.kappa([1, 1], [1, 1]) == 1


def test_faithful_is_the_share_of_sentences_with_enough_words_in_the_source():
    source = "The ferry sails at dawn with goats and a hen."
    assert lesson.faithful("The ferry sails at dawn.", source) == 1
    assert lesson.faithful("The ferry sails at dawn. Kelp burns badly everywhere.", source) == 0.5
    assert lesson.faithful("Ferry goats swim slowly home.", source) == 0
    assert lesson.faithful("Ferry goats hen swim slowly.", source) == 1  # three of five are 60 %
    assert lesson.faithful("", source) == 0


def test_a_swapped_number_passes_the_words_and_not_the_claims():
    source = "The wind was over force 7 on the quay of Tollick, so the ferry stayed where she was."
    said = "The ferry stayed, as the wind was over force 9."
    assert lesson.faithful(said, source) == 1 and not lesson.strictly_faithful(said, source)
    assert lesson.strictly_faithful(said.replace("9", "7"), source)
    assert not lesson.strictly_faithful("The ferry stayed with Ivo.", source)
    assert not lesson.strictly_faithful("It was force 7.5 then.", source)
    assert not lesson.strictly_faithful("It cost 45 nicks.", "The boat leaves at 19:45 for nicks.")


def test_the_claims_agree_better_with_the_labels_than_the_words():
    pages = {page.id: f"{page.title}. {page.text}" for page in documents.handbook()}
    judged = documents.answers()
    sources = [" ".join(pages[page] for page in one.sources) for one in judged]
    truth = [one.faithful for one in judged]
    words, claims = (
        lesson.kappa(
            [bool(judge(one.text, source) == 1) for one, source in zip(judged, sources, strict=True)], truth
        )
        for judge in (lesson.faithful, lesson.strictly_faithful)
    )
    assert words < 0.3 < 0.4 < claims


# ---- the pipeline


PAGES = [
    documents.Document(
        "HB-911", "The ferry", FERRY, "guide", "1990-05-01", "Tollick", "Ann Reeve", ("HB-914",)
    ),
    documents.Document("HB-912", "The ferry", LATER, "guide", "1999-05-01", "Tollick", "Ann Reeve"),
    documents.Document("HB-913", "Goats", "A goat pays half. Two goats make one passenger.", "table"),
    documents.Document("HB-914", "The bell", "The bell has a crack. It rings a minor third.", "log"),
    documents.Document("HB-915", "Nothing", ""),
]


class Letters:
    """A cheap encoder: counts of letters, scaled to length 1."""

    def encode(self, texts):
        rows = np.array([[1e-3 + text.casefold().count(c) for c in "abcdefghinorstuy"] for text in texts])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Flat:
    """A light reranker that finds all texts alike, or, turned round, prefers the last."""

    def __init__(self, slope=0):
        self.slope = slope

    def score(self, question, texts, bm25, cosine):
        return self.slope * np.arange(len(texts), dtype=float)


@pytest.fixture(scope="module")
def shelf():
    """A library of four documents and one without text."""
    return lesson.library(
        PAGES, encoders.Remembering(encoders.encoder()), lambda text: lesson.sentence_chunks(text, 40)
    )


def ran(shelf, question="When does the ferry leave?", off=(), budget=400, least=0.0, light=None):
    return lesson.pipeline(question, shelf, light or Flat(), count, budget, least, off)


def documents_of(shelf, places):
    return [shelf.index.chunks[place].document for place in places]


def test_a_library_leaves_out_a_document_without_text_and_knows_what_is_outdated(shelf):
    assert documents_of(shelf, range(len(shelf.index.chunks))) == ["HB-911", "HB-912", "HB-913", "HB-914"]
    assert shelf.old == {"HB-911"}
    assert lesson.neighbours(shelf.graph, "HB-911") == {"HB-914"}


def test_a_library_needs_neither_dates_nor_links(shelf):
    bare = [documents.Document(one.id, one.title, one.text) for one in PAGES]
    plain = lesson.library(bare, shelf.index.encoder, lambda text: lesson.sentence_chunks(text, 40))
    run = ran(plain, "When does the ferry leave now?")
    assert plain.old == frozenset() and not any(one.linked for one in run.found) and run.answer.citations
    with pytest.raises(ValueError, match="word"):
        lesson.library(PAGES[-1:], shelf.index.encoder, lambda text: lesson.sentence_chunks(text, 40))


def test_the_parts_of_a_score_add_up_to_that_of_the_search(shelf):
    for question, mask in (
        ("When does the ferry leave?", None),
        ("When does the ferry leave now?", [False, True, True, True]),
    ):
        scores = dict(shelf.index.search(question, 9, mask))
        found = ran(shelf, question).found
        assert {one.place: one.words + one.vectors for one in found} == pytest.approx(scores)


def test_a_switched_off_filter_lets_the_outdated_in(shelf):
    question = "When does the ferry leave now?"
    on, off = ran(shelf, question), ran(shelf, question, ["filter"])
    assert on.wanted == {"latest": True} and off.wanted == {}
    assert "HB-911" not in documents_of(shelf, [one.place for one in on.found])
    assert "HB-911" in documents_of(shelf, [one.place for one in off.found])


def test_a_step_brings_the_neighbour_forward_and_never_past_the_filter(shelf):
    question = "When does the ferry leave at 07:10?"
    on, off = ran(shelf, question), ran(shelf, question, ["step"])
    assert documents_of(shelf, [one.place for one in on.found])[:2] == ["HB-911", "HB-914"]
    assert [one.linked for one in on.found] == [False, True, False, False]
    assert not any(one.linked for one in off.found)
    guides = ran(shelf, "Which guide tells when the ferry leaves at 07:10?")
    assert set(documents_of(shelf, [one.place for one in guides.found])) == {"HB-911", "HB-912"}


def test_no_context_of_a_real_question_holds_what_its_filter_forbids():
    pages = documents.handbook()
    here = lesson.library(pages, Letters(), lambda text: lesson.sentence_chunks(text, 80))
    for one in documents.filter_questions()[::4]:
        run = ran(here, one.text)
        mask, _ = lesson.usable(run.wanted, here.index.chunks, here.old)
        assert mask is None or all(mask[one.place] for one in run.found)


def test_words_or_vectors_switched_off_add_nothing_to_a_score(shelf):
    assert all(one.words == 0 for one in ran(shelf, off=["words"]).found)
    assert all(one.vectors == 0 for one in ran(shelf, off=["vectors"]).found)
    assert any(one.words for one in ran(shelf).found) and any(one.vectors for one in ran(shelf).found)


def test_a_switched_off_reranker_changes_no_order(shelf):
    asked = "When does the ferry leave at 07:10?"
    plain = [place for place, _ in shelf.index.search(asked, 9)]
    off = ran(shelf, asked, ["rerank", "step"], light=Flat(1))
    assert [one.place for one in off.found] == plain
    assert [one.place for one in ran(shelf, asked, ["step"], light=Flat(1)).found] == plain[::-1]


def test_switched_off_compression_leaves_the_chunks_whole(shelf):
    whole, short = ran(shelf, off=["compress"]), ran(shelf)
    assert all(one in shelf.index.chunks for one in whole.read)
    goat = next(one for one in short.read if one.document == "HB-913")
    assert goat.text in ("A goat pays half.", "Two goats make one passenger.")
    assert short.tokens < whole.tokens == sum(count(lesson.headed(one)) for one in whole.read)


def test_only_assembly_drops_a_twin(shelf):
    twins = [*PAGES, documents.Document("HB-916", "The ferry", FERRY, "guide", "1991-05-01")]
    here = lesson.library(twins, shelf.index.encoder, lambda text: lesson.sentence_chunks(text, 40))
    on, off = ran(here, off=["compress"]), ran(here, off=["compress", "assemble"])
    assert len(off.context) == 5 and len(on.context) == 4
    assert {"HB-911", "HB-916"} - set(documents_of(here, on.context))


@pytest.mark.parametrize("off", [(), ("assemble",), ("compress",), ("compress", "assemble")])
@pytest.mark.parametrize("budget", [0, 3, 15, 40])
def test_the_budget_is_kept(shelf, budget, off):
    run = ran(shelf, off=off, budget=budget)
    assert run.tokens == sum(count(lesson.headed(one)) for one in run.read) <= budget
    assert bool(run.read) == bool(run.answer.text) == (budget >= 15)


def test_an_answer_cites_documents_of_the_context_that_hold_all_of_it(shelf):
    run = ran(shelf, "Who makes one passenger?")
    assert run.answer.citations == ("HB-913",) and set(run.answer.citations) <= {
        one.document for one in run.read
    }
    shared = [
        chunk("It rains today again. Take a coat.", "A"),
        chunk("It rains today again. Sing a song.", "B"),
    ]
    said = lesson.answer("Does it rain today again?", shared, shelf.index, after=1)
    assert said.citations == ("A",) and "coat" in said.text


def test_switched_off_abstention_always_answers(shelf):
    silent, loud = ran(shelf, least=9.0), ran(shelf, off=["abstain"], least=9.0)
    assert not silent.answer.text and "do not tell" in silent.answer.note
    assert loud.answer.text and loud.answer.score == silent.answer.score


@pytest.mark.parametrize("asked", ["", "   \x00 ", "что это?", "x" * 100_000, "the the"])
def test_a_question_that_cannot_be_searched_is_refused_in_one_sentence(shelf, asked):
    with pytest.raises(ValueError, match=r"^[A-Z].*[.:?].*$"):
        ran(shelf, asked)
