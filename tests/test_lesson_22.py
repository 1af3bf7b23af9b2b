"""Lesson 22: BM25, nearest neighbours, contrastive training, measures, fusion, reranking, bad questions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import TruncatedSVD

from helpers import apart, lessons, packages

lesson = lessons.load("22_retrieval")
TINY = ["the goat sat on the bench", "goat goat goat goat on a very long quay", "the clock is slow", ""]


def corpus(size: int, length: int = 30, seed: int = 0) -> list[list[str]]:
    """Return documents of words that are as unevenly frequent as those of a language."""
    weights = 1 / np.arange(1, 400)
    drawn = np.random.default_rng(seed).choice(399, size=(size, length), p=weights / weights.sum())
    return [[f"w{i}" for i in row[: 5 + number % length]] for number, row in enumerate(drawn)]


def vectors(size: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(size, width)).astype(np.float32)


# ---- texts


def test_words_are_runs_of_letters_and_digits_in_small_letters():
    assert lesson.words("Form EC-14, the_goat's Straße: 2½") == [
        "form",
        "ec",
        "14",
        "the",
        "goat",
        "s",
        "strasse",
        "2½",
    ]
    assert lesson.words(" \t\x00") == []


def test_passages_cover_every_word_and_overlap():
    text = " ".join(map(str, range(23)))
    found = [passage.split() for passage in lesson.passages(text, size=8, step=5)]
    assert [one[0] for one in found] == ["0", "5", "10", "15"] and found[-1][-1] == "22"
    assert {word for one in found for word in one} == set(text.split())
    assert lesson.passages("", 8, 5) == [""] and lesson.passages("a b", 8, 5) == ["a b"]


@pytest.mark.parametrize(("size", "step"), [(5, 6), (5, 0)])
def test_passages_that_would_lose_words_are_refused(size, step):
    with pytest.raises(ValueError, match=rf"got step={step} and size={size}"):
        lesson.passages("a b c", size, step)


def test_a_page_stands_where_its_best_passage_stands_and_zero_is_not_found():
    assert lesson.ranked(np.array([0.5, 2.0, 0.0, 1.0, 2.0]), ["a", "b", "c", "b", "a"]) == ["b", "a"]


# ---- BM25


def test_one_score_by_hand():
    index = lesson.BM25(["a b", "b b c", "c"])
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert math.isclose(index.scores("b")[1], idf * 2 / (2 + 1.5 * (0.25 + 0.75 * 3 / 2)))
    assert index.scores("b")[2] == 0


def test_the_index_is_the_formula():
    for k1, b in ((1.5, 0.75), (0.0, 0.3), (2.4, 1.0)):
        found = lesson.BM25(TINY, k1=k1, b=b).scores("the goat, the quay and a whale")
        slowly = [lesson.bm25_slowly("the goat, the quay and a whale", text, TINY, k1, b) for text in TINY]
        assert np.allclose(found, slowly, atol=1e-12)


@pytest.mark.parametrize("size", [7, 60, 300])
@pytest.mark.parametrize(("k1", "b"), [(1.5, 0.75), (0.9, 0.4)])
def test_both_variants_equal_their_libraries(size, k1, b):
    rank_bm25, bm25s = packages.load("rank_bm25"), packages.load("bm25s")
    documents = corpus(size)
    theirs = bm25s.BM25(method="lucene", k1=k1, b=b, dtype="float64")
    theirs.index(documents, show_progress=False)
    okapi = rank_bm25.BM25Okapi(documents, k1=k1, b=b)
    for query in (["w0"], ["w1", "w5", "w1"], documents[3][:6]):
        query = [word for word in query if any(word in found for found in documents)]
        assert np.abs(lesson.BM25(documents, k1, b).scores(query) - theirs.get_scores(query)).max() < 1e-9
        ours = lesson.BM25(documents, k1, b, "okapi").scores([*query, "unknown"])
        assert np.abs(ours - okapi.get_scores([*query, "unknown"])).max() < 1e-9


def test_only_a_factor_lies_between_the_variants_of_a_rare_word():
    documents = corpus(300)
    rare = next(w for w in ("w300", "w350", "w390") if any(w in found for found in documents))
    odds = 300 - sum(rare in found for found in documents) + 0.5
    ratio = lesson.BM25(documents, 1.2, variant="okapi").scores([rare]).max()
    ratio /= lesson.BM25(documents, 1.2).scores([rare]).max()
    assert 0.9 * 2.2 < ratio < 2.2 and odds > 0


def test_texts_and_lists_of_words_give_the_same():
    assert np.array_equal(
        lesson.BM25(TINY).scores("goat"), lesson.BM25(map(lesson.words, TINY)).scores(["goat"])
    )


def test_a_word_asked_twice_counts_twice_and_an_unknown_one_nothing():
    index = lesson.BM25(TINY)
    assert np.allclose(index.scores("goat goat whale"), 2 * index.scores("goat"))
    assert not index.scores("").any() and not index.scores("whale где").any()


def test_the_best_come_first_and_of_equals_the_earlier():
    index = lesson.BM25(["b", "a", "c", "a", "a a"], b=0.0)
    assert [place for place, _ in index.top("a", 10)] == [4, 1, 3]
    assert [place for place, _ in index.top("a", 2)] == [4, 1]
    assert index.top("whale", 3) == [] and index.top("", 3) == []
    scores = index.scores("a")
    assert all(score == scores[place] for place, score in index.top("a", 3))


def test_top_is_a_sort_of_the_scores():
    index = lesson.BM25(corpus(200))
    scores = index.scores(["w0", "w3", "w9"])
    order = [i for i in np.argsort(-scores, kind="stable") if scores[i]]
    for k in (1, 7, 150, 1000):
        assert [place for place, _ in index.top(["w0", "w3", "w9"], k)] == order[:k]


def test_a_document_without_text_is_never_found():
    assert lesson.BM25(TINY).scores("the goat clock")[3] == 0


@pytest.mark.parametrize(
    ("documents", "options", "message"),
    [
        ([], {}, "at least one document has a word, got 0"),
        (["", " . "], {}, "got 2 without"),
        (TINY, {"k1": -1}, "k1 is 0 or more"),
        (TINY, {"k1": math.nan}, "k1 is 0 or more"),
        (TINY, {"b": 1.2}, "got 1.5, 1.2"),
        (TINY, {"variant": "bm25+"}, r"got 1.5, 0.75 and 'bm25\+'"),
    ],
)
def test_bm25_refuses_what_makes_no_sense(documents, options, message):
    with pytest.raises(ValueError, match=message):
        lesson.BM25(documents, **options)


def test_top_refuses_no_places():
    with pytest.raises(ValueError, match="k is at least 1, got 0"):
        lesson.BM25(TINY).top("goat", 0)


# ---- vectors


def test_the_nearest_by_hand():
    points = np.array([[0.0, 2.0], [3.0, 3.0], [1.0, 0.0]])
    assert lesson.knn(points, np.array([1.0, 0.0]), 3, "dot")[0].tolist() == [1, 2, 0]
    assert lesson.knn(points, np.array([1.0, 0.0]), 3)[0].tolist() == [2, 1, 0]
    order, values = lesson.knn(points, np.array([1.0, 0.0]), 2, "l2")
    assert order.tolist() == [2, 0] and np.allclose(values, [0, math.sqrt(5)])


@pytest.mark.parametrize("metric", ["dot", "l2", "cosine"])
def test_nearest_neighbours_equal_scikit_learn(metric):
    from sklearn.metrics import pairwise_distances

    points, query = vectors(40, 7), vectors(1, 7, seed=1)[0]
    if metric == "dot":
        wanted = -points @ query
    else:
        wanted = pairwise_distances(points, query[None], metric={"l2": "euclidean"}.get(metric, metric))[:, 0]
    assert lesson.knn(points, query, 9, metric)[0].tolist() == np.argsort(wanted, kind="stable")[:9].tolist()


def exactly(points: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(points.shape[1])
    index.add(points)
    return index.search(queries, k)


exactly.__module__ = "__main__"  # so that the other process gets the function and not its name


def test_nearest_neighbours_equal_faiss():
    points, queries = vectors(300, 24), vectors(11, 24, seed=2)
    values, places = apart.call(exactly, points, queries, 10)
    for query, wanted, scores in zip(queries, places, values, strict=True):
        found, ours = lesson.knn(points, query, 10, "dot")
        assert found.tolist() == wanted.tolist() and np.allclose(ours, scores, atol=1e-4)


def test_on_the_sphere_all_metrics_agree():
    points = lesson.unit_rows(vectors(50, 6))
    for query in vectors(8, 6, seed=3):
        tops = [lesson.knn(points, query, 12, metric)[0].tolist() for metric in ("cosine", "dot", "l2")]
        assert tops[0] == tops[1] == tops[2]


@pytest.mark.parametrize(
    ("points", "query", "k", "metric", "message"),
    [
        (vectors(3, 4), vectors(1, 5)[0], 1, "dot", r"must fit, got \(3, 4\), \(5,\), 1"),
        (vectors(3, 4), vectors(1, 4)[0], 4, "dot", "must fit"),
        (vectors(3, 4), vectors(1, 4)[0], 0, "dot", "must fit"),
        (vectors(3, 4), vectors(1, 4)[0], 1, "manhattan", "got 'manhattan'"),
        (np.eye(3, 4) * [[0], [1], [1]], vectors(1, 4)[0], 1, "cosine", "no direction, got 1"),
    ],
)
def test_neighbours_refuse_what_does_not_fit(points, query, k, metric, message):
    with pytest.raises(ValueError, match=message):
        lesson.knn(points, query, k, metric)


def test_rows_of_length_one_and_a_row_of_zeros():
    rows = lesson.unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert rows.tolist() == [[0.6, 0.8], [0.0, 0.0]]


def test_latent_texts_keep_the_cosines_when_nothing_is_left_out():
    texts = [
        "goat on the quay",
        "the goat ferry",
        "clock tower bell",
        "ferry at the quay",
        "a bell and a goat",
    ]
    latent = lesson.Latent(texts, directions=4)
    full = latent.overlap(texts)
    assert np.allclose(np.diag(full), 1) and full[0, 2] == 0
    assert latent.encode([*texts, "zzz"]).shape == (6, 4) and not latent.encode(["zzz"]).any()
    rows = lesson.Latent(texts, directions=5).encode(texts)
    assert np.allclose(rows @ rows.T, full)
    assert lesson.Latent(texts, 3, letters=True).overlap(["goats"])[0, 0] > 0


@pytest.mark.parametrize("letters", [False, True])
def test_the_strongest_directions_are_those_of_scikit_learn(letters):
    rng = np.random.default_rng(22)
    texts = [
        " ".join(rng.choice(["goat", "quay", "bell", "ferry", "clock", "mist"], size=7)) for _ in range(9)
    ]
    latent = lesson.Latent(texts, 3, letters=letters)
    theirs = TruncatedSVD(3, algorithm="arpack", random_state=0).fit(latent.sparse)
    rows, wanted = latent.encode(texts), lesson.unit_rows(theirs.transform(latent.sparse))
    assert np.allclose(rows @ rows.T, wanted @ wanted.T)


# ---- contrastive training


def test_info_nce_by_hand():
    cosines = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
    right = torch.tensor([[True, False, False], [False, True, True]])
    one = -math.log(math.e / (math.e + 2))
    other = -math.log(2 * math.exp(0.5) / (1 + 2 * math.exp(0.5)))
    assert math.isclose(lesson.info_nce(cosines, right, tau=1.0).item(), (one + other) / 2, rel_tol=1e-5)


def test_info_nce_with_one_right_passage_is_cross_entropy():
    cosines = torch.tensor(vectors(5, 7))
    target = torch.tensor([0, 3, 6, 2, 2])
    ours = lesson.info_nce(cosines, torch.nn.functional.one_hot(target, 7).bool(), tau=0.2)
    assert torch.allclose(ours, torch.nn.functional.cross_entropy(cosines / 0.2, target))


def test_info_nce_refuses_a_question_without_a_passage():
    with pytest.raises(ValueError, match="got 1 without"):
        lesson.info_nce(torch.zeros(2, 3), torch.tensor([[True, False, False], [False] * 3]))


def test_a_turn_learns_and_the_leash_keeps_it_near():
    passages = torch.nn.functional.normalize(torch.tensor(vectors(12, 6)), dim=1)
    questions = passages.roll(1, dims=1)  # every question is its passage, turned
    right = torch.eye(12, dtype=torch.bool)
    free, held = (lesson.learn_turn(questions, passages, right, hold) for hold in (0.0, 5.0))
    assert (free - torch.eye(6)).norm() > 3 * (held - torch.eye(6)).norm()

    def loss(W: torch.Tensor) -> float:
        turned = [torch.nn.functional.normalize(rows @ W, dim=1) for rows in (questions, passages)]
        return lesson.info_nce(turned[0] @ turned[1].T, right).item()

    assert loss(free) < loss(held) <= loss(torch.eye(6)) + 1e-6
    assert loss(free) < 0.7 * math.log(12)  # less than from finding all alike


# ---- measures


def test_measures_by_hand():
    ranking = ["c", "a", "d", "b"]
    assert lesson.hit_rate(ranking, {"a"}, 1) == 0 and lesson.hit_rate(ranking, {"a"}, 2) == 1
    assert lesson.mrr(ranking, {"a", "b"}) == 0.5 and lesson.mrr(ranking, {"z"}) == 0
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    assert math.isclose(lesson.ndcg(ranking, {"a", "b"}, 4), gain / (1 + 1 / math.log2(3)))
    assert lesson.ndcg(["a"], {"a", "b", "c"}, 1) == 1 and lesson.ndcg([], {"a"}, 3) == 0


def test_measures_equal_ir_measures():
    packages.need("pytrec_eval", "pytrec-eval-terrier")
    library = packages.load("ir_measures")
    rng = np.random.default_rng(0)
    for size, found, k in ((9, 3, 5), (4, 6, 2), (20, 1, 10)):
        names = [f"d{i}" for i in rng.permutation(30)]
        ranking, relevant = names[:size], names[size - found // 2 :][:found]
        qrels = [library.Qrel("q", name, 1) for name in relevant]
        run = [library.ScoredDoc("q", name, -place) for place, name in enumerate(ranking)]
        theirs = library.calc_aggregate([library.Success @ k, library.RR, library.nDCG @ k], qrels, run)
        ours = {
            library.Success @ k: lesson.hit_rate(ranking, relevant, k),
            library.RR: lesson.mrr(ranking, relevant),
            library.nDCG @ k: lesson.ndcg(ranking, relevant, k),
        }
        assert all(math.isclose(theirs[measure], value, abs_tol=1e-9) for measure, value in ours.items())


@pytest.mark.parametrize("measure", ["hit_rate", "mrr", "ndcg"])
def test_measures_refuse_what_cannot_be_judged(measure):
    extra = () if measure == "mrr" else (3,)
    for ranking, relevant in ((["a"], []), (["a", "a"], ["a"])):
        with pytest.raises(ValueError, match="something is relevant and nothing ranked twice"):
            getattr(lesson, measure)(ranking, relevant, *extra)
    if extra:
        with pytest.raises(ValueError, match="k is at least 1, got 0"):
            getattr(lesson, measure)(["a"], ["a"], 0)


def test_an_interval_holds_the_mean_and_shrinks_with_more_questions():
    few, many = np.arange(10) % 2, np.arange(1000) % 2
    for values in (few, many):
        low, high = lesson.interval(values)
        assert low < 0.5 < high
    assert np.diff(lesson.interval(many)) < 0.2 * np.diff(lesson.interval(few))
    low, high = lesson.interval(many)
    assert abs((high - low) / (2 * 1.96 * 0.5 / math.sqrt(1000)) - 1) < 0.1  # the normal approximation
    assert lesson.interval([1.0]) == (1.0, 1.0)
    with pytest.raises(ValueError, match="at least one value"):
        lesson.interval([])


# ---- fusion


def test_reciprocal_ranks_by_hand():
    fused = lesson.rrf([["a", "b"], ["b", "c", "a"]], k=1)
    assert np.allclose([fused["a"], fused["b"], fused["c"]], [1 / 2 + 1 / 4, 1 / 3 + 1 / 2, 1 / 3])
    assert list(fused) == ["b", "a", "c"]
    assert lesson.rrf([]) == {} and list(lesson.rrf([["x", "y"]])) == ["x", "y"]


def test_reciprocal_ranks_do_not_depend_on_the_order_of_the_lists():
    one, other = ["a", "b", "c", "d"], ["d", "x", "a"]
    assert lesson.rrf([one, other]) == pytest.approx(lesson.rrf([other, one]))


@pytest.mark.parametrize(
    ("rankings", "k", "message"), [([["a", "a"]], 60, "once, got 1 again"), ([["a"]], -1, "got -1")]
)
def test_fusion_refuses_doubles_and_a_negative_k(rankings, k, message):
    with pytest.raises(ValueError, match=message):
        lesson.rrf(rankings, k)


def test_the_ends_of_alpha_are_the_pure_rankings():
    sparse, dense = vectors(1, 30)[0], 100 * vectors(1, 30, seed=1)[0]
    for alpha, pure in ((0, sparse), (1, dense)):
        mixed = lesson.hybrid(sparse, dense, alpha)
        assert np.array_equal(np.argsort(mixed, kind="stable"), np.argsort(pure, kind="stable"))
        assert mixed.min() == 0 and mixed.max() == 1
    assert np.allclose(lesson.hybrid([0, 5, 10], [3, 2, 1], 0.25), [0.25, 0.5, 0.75])
    assert not lesson.hybrid([2, 2], [7, 7], 0.5).any()


@pytest.mark.parametrize(
    ("sparse", "dense", "alpha"), [([1, 2], [1], 0.5), ([1], [1], 1.2), ([], [], 0.5), ([1], [1], math.nan)]
)
def test_a_mixture_refuses_what_does_not_fit(sparse, dense, alpha):
    with pytest.raises(ValueError, match="alpha is from 0 to 1"):
        lesson.hybrid(sparse, dense, alpha)


# ---- reading both together


def test_a_bag_scores_both_orders_alike_and_the_pair_scorer_does_not():
    torch.manual_seed(0)
    question, text = torch.tensor([[1, 2]]), torch.tensor([[3, 1]])
    bag, pair = lesson.BagScorer(5), lesson.PairScorer(5)
    assert torch.allclose(bag(question, text), bag(question, text.flip(1)), atol=1e-6)
    assert (pair(question, text) - pair(question, text.flip(1))).abs() > 1e-4
    assert bag(question, text).shape == pair(question, text).shape == (1,)


def test_order_is_learned_only_by_reading_together():
    torch.manual_seed(1)
    pairs = torch.combinations(torch.arange(12))
    pairs = torch.cat([pairs, pairs.flip(1)])
    assert lesson.learn_order(lesson.BagScorer(12), pairs, pairs, steps=20) == 0.5
    assert lesson.learn_order(lesson.PairScorer(12), pairs, pairs, steps=120) > 0.9


def test_reranking_orders_by_the_score_of_each_pair():
    def length(query: str, docs: list[str]) -> list[float]:
        return [len(query) + len(text) for text in docs]

    assert lesson.rerank("q", ["aa", "a", "aaa", "bb"], 3, length) == [(2, 4.0), (0, 3.0), (3, 3.0)]
    assert lesson.rerank("q", [], 3, length) == []


def test_reranking_refuses_no_places_and_missing_scores():
    with pytest.raises(ValueError, match="top_n is at least 1"):
        lesson.rerank("q", ["a"], 0, lambda query, docs: [1.0])
    with pytest.raises(ValueError, match=r"each document has a score, got 2 and \(1,\)"):
        lesson.rerank("q", ["a", "b"], 2, lambda query, docs: [1.0])


# ---- questions that are none


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "has no word"),
        (" \t\n \x00", "has no word"),
        ("?!", "has no word"),
        ("the", "Most pages hold the:"),
        ("где паром", "other letters than 'где'"),
        ("x" * 100_000, "at most 2,000 characters, and this one 100,000"),
    ],
)
def test_a_bad_question_gets_one_sentence(query, message):
    index = lesson.BM25(["the goat", "the quay", "the clock of the tower", "a bell"])
    with pytest.raises(ValueError, match=message) as caught:
        lesson.checked(query, index)
    assert len(str(caught.value)) < 150


def test_a_question_is_tidied_and_typing_errors_are_no_fault():
    index = lesson.BM25(["the goat", "the quay", "a bell"])
    assert lesson.checked("  the \x1b goat\x00\n fare ", index) == "the goat fare"
    assert lesson.checked("gaot", index) == "gaot"
