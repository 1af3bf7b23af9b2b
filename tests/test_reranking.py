"""The light reranker: its features by hand, and a score for each candidate."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import reranking
from helpers.reranking import FEATURES, features

TEXTS = ["The ferry sails at six.", "A ferry fare is 7 nicks for one.", "Geese."]
BM25, COSINE = [1.0, 4.0, 0.0], [0.5, 0.25, -0.5]


def column(name: str, question: str = "ferry fare 7 pounds") -> list[float]:
    return features(question, TEXTS, BM25, COSINE)[:, FEATURES.index(name)].tolist()


def test_the_features_by_hand() -> None:
    assert column("bm25 / best") == [0.25, 1, 0]
    assert column("1 / rank by bm25") == pytest.approx([1 / 2, 1, 1 / 3])
    assert column("cosine - best") == [0, -0.25, -1]
    assert column("words") == [1 / 4, 3 / 4, 0]
    assert column("pairs of words") == pytest.approx([0, 1 / 3, 0])
    assert column("longest run") == [1 / 4, 2 / 4, 0]
    assert column("words with digits") == [0, 1, 0]
    assert column("log length") == pytest.approx(np.log([6, 9, 2]))


def test_a_misspelled_word_shares_letters_where_it_shares_no_word() -> None:
    assert column("words", "fery") == [0, 0, 0]
    assert column("trigrams of letters", "fery")[0] > column("trigrams of letters", "fery")[2] == 0


def test_every_candidate_has_a_score_and_the_order_does_not_matter() -> None:
    light = reranking.light_reranker()
    scores = light.score("ferry fare", TEXTS, BM25, COSINE)
    assert scores.shape == (3,) and np.isfinite(scores).all()
    back = light.score("ferry fare", TEXTS[::-1], BM25[::-1], COSINE[::-1])
    np.testing.assert_allclose(back[::-1], scores, rtol=1e-5)
    assert light.score("ferry", [], [], []).shape == (0,)


def test_the_candidate_that_both_stages_and_the_words_favour_wins() -> None:
    scores = reranking.light_reranker().score("ferry fare nicks", TEXTS, [1, 4, 0], [0.4, 0.6, -0.5])
    assert np.argmax(scores) == 1


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="every text has two scores, got 3 texts"):
        features("ferry", TEXTS, BM25[:2], COSINE)
    with pytest.raises(ValueError, match=r"a question has words, got '\?\!'"):
        features("?!", TEXTS, BM25, COSINE)
