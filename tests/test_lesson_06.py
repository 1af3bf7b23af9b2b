"""Lesson 06: TF-IDF, word vectors by guessing and by counting, analogies and WEAT."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from torch.testing import assert_close

from helpers import exercises, lessons

lesson = lessons.load("06_word_vectors")

SENTENCES = [[0, 1, 2, 3], [2, 2], [4], [], [3, 0, 1]]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def world(n: int = 1500) -> tuple[list[list[int]], list[str]]:
    return lesson.number_words(lesson.grid_world(n, seed=1))


# ---- TF-IDF


def test_tfidf_gives_the_value_worked_out_by_hand():
    matrix, words = lesson.tfidf(["a a b", "b"])
    assert words == ["a", "b"]
    a, b = 2 * (math.log(3 / 2) + 1), 1.0
    assert matrix[0] == pytest.approx([a / math.hypot(a, b), b / math.hypot(a, b)])
    assert matrix[1] == pytest.approx([0, 1])


def test_tfidf_equals_scikit_learn():
    documents = ["The cat sat.", "the CAT, the hat", "a dog", "", "dog dog dog cat"]
    vectorizer = TfidfVectorizer(tokenizer=lesson.plain_words, token_pattern=None, lowercase=False)
    assert np.abs(lesson.tfidf(documents)[0] - vectorizer.fit_transform(documents).toarray()).max() < 1e-12


def test_tfidf_refuses_documents_without_words():
    with pytest.raises(ValueError, match="at least one word in its 2 documents"):
        lesson.tfidf(["", "12 !"])


# ---- the world


def test_words_of_one_row_of_the_grid_never_share_a_sentence():
    rows = [set(words) for family in lesson.GRID for words, _ in lesson.grid_rows(family)]
    sentences = lesson.grid_world(3000, seed=3, stray=0)
    assert not any(len(row & set(sentence)) > 1 for row in rows for sentence in sentences)


@pytest.mark.parametrize("family", list(lesson.GRID))
def test_topic_and_traits_of_rows_written_apart_never_share_a_sentence(family):
    traits = {word for side in lesson.TRAITS[family] for part in side for word in part.split()}
    for words, topic in lesson.grid_rows(family)[-2:]:
        for sentence in lesson.grid_world(4000, seed=4, stray=0):
            if set(words) & set(sentence):
                assert not (set(topic) & set(sentence) and traits & set(sentence))


def test_no_word_of_the_grid_has_two_places():
    words = [
        word for family in lesson.GRID for row, topic in lesson.grid_rows(family) for word in row + topic
    ]
    assert [word for word, count in Counter(words).items() if count > 1] == []


def test_rare_words_are_left_out():
    assert lesson.number_words([["b", "a"], ["a", "c"]], at_least=2) == ([[0], [0]], ["a"])


def test_the_world_refuses_a_share_that_is_none():
    with pytest.raises(ValueError, match=r"stray=1\.5"):
        lesson.grid_world(3, seed=0, stray=1.5)


# ---- windows and counts


def test_windows_give_the_table_worked_out_by_hand():
    centres, context = lesson.windows([[7, 8, 9], [5]], 1)
    assert centres.tolist() == [7, 8, 9, 5]
    assert context.tolist() == [[-1, 8], [7, 9], [8, -1], [-1, -1]]


@pytest.mark.parametrize("window", [1, 2, 5])
def test_pairs_equal_the_double_loop(window):
    slow = [
        (s[i], s[j])
        for s in SENTENCES
        for i in range(len(s))
        for j in range(len(s))
        if 0 < abs(i - j) <= window
    ]
    assert sorted(map(tuple, lesson.window_pairs(SENTENCES, window).tolist())) == sorted(slow)


def test_a_window_of_no_places_is_refused():
    with pytest.raises(ValueError, match="at least 1 place on each side, got 0"):
        lesson.windows(SENTENCES, 0)


def test_cooccurrence_is_symmetric_and_adds_up_to_the_pairs():
    counts = lesson.cooccurrence(SENTENCES, 5, window=2)
    assert torch.equal(counts, counts.T)
    assert counts.sum() == len(lesson.window_pairs(SENTENCES, 2))
    assert counts[2, 2] == 2 and counts[4].sum() == 0


def test_cooccurrence_by_distance_counts_a_neighbour_at_two_places_half():
    assert lesson.cooccurrence([[0, 1, 2]], 3, window=2, by_distance=True)[0].tolist() == [0, 1, 0.5]


def test_cooccurrence_refuses_an_id_that_is_too_large():
    with pytest.raises(ValueError, match="below n_words = 3, got 4"):
        lesson.cooccurrence(SENTENCES, 3)


# ---- skip-gram and CBOW


def test_the_loss_of_one_guess_is_the_one_worked_out_by_hand():
    v, u = torch.tensor([[1.0]]), torch.tensor([[[0.0], [0.0]]])
    loss, grad_v, grad_u = lesson.sgns_loss_and_grads(v, u)
    assert loss.item() == pytest.approx(2 * math.log(2))
    assert grad_v.item() == 0 and grad_u.flatten().tolist() == [-0.5, 0.5]


@pytest.mark.parametrize(("batch", "candidates", "dim"), [(1, 1, 1), (7, 4, 5), (3, 9, 2)])
def test_the_gradients_equal_autograd(batch, candidates, dim):
    v, u = random(batch, dim).requires_grad_(), random(batch, candidates, dim, seed=1).requires_grad_()
    loss, grad_v, grad_u = lesson.sgns_loss_and_grads(v, u)
    auto_v, auto_u = torch.autograd.grad(loss, (v, u))
    assert_close(grad_v, auto_v, rtol=0, atol=1e-10)
    assert_close(grad_u, auto_u, rtol=0, atol=1e-10)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"must fit, got \(3, 2\) and \(3, 4, 5\)"):
        lesson.sgns_loss_and_grads(random(3, 2), random(3, 4, 5))


def test_the_solution_of_the_exercise_is_what_the_lesson_builds():
    v, u = random(6), random(4, 6, seed=2)
    solved_v, solved_u = exercises.get("06.gradient").reference(v, u)
    _, grad_v, grad_u = lesson.sgns_loss_and_grads(v[None], u[None])
    assert_close(solved_v, grad_v[0])
    assert_close(solved_u, grad_u[0])


def test_made_up_words_are_drawn_by_frequency_to_the_power():
    noise = lesson.noise(torch.tensor([16, 1, 0, 81]))
    assert_close(noise, torch.tensor([8, 1, 0, 27]).double() / 36)
    drawn = torch.bincount(lesson.draw_words(noise, (40_000,), generator()), minlength=4) / 40_000
    assert (drawn - noise).abs().max() < 0.01 and drawn[2] == 0


def test_adagrad_adds_up_the_gradients_of_a_row_that_comes_twice():
    table = torch.zeros(3, 1)
    lesson.AdaGrad(table, lr=0.5).step(torch.tensor([1, 1]), torch.tensor([[1.0], [3.0]]))
    assert_close(table, torch.tensor([[0.0], [-0.5], [0.0]]))


@pytest.mark.parametrize("train", [lesson.train_sgns, lesson.train_cbow])
def test_training_lowers_the_loss_and_repeats_itself(train):
    ids, words = world()
    vectors, _, losses = train(ids, len(words), generator(), dim=8, epochs=3)
    again, _, _ = train(ids, len(words), generator(), dim=8, epochs=3)
    assert vectors.shape == (len(words), 8) and torch.equal(vectors, again)
    assert losses[-1] < losses[0] < 6 * math.log(2)


@pytest.mark.parametrize("train", [lesson.train_sgns, lesson.train_cbow])
def test_a_text_without_neighbours_is_refused(train):
    with pytest.raises(ValueError, match="no pair of neighbours in 2 sentences"):
        train([[0], []], 1, generator())


def test_new_ids_change_nothing_but_the_names():
    ids, new_id = torch.tensor([3, 1, 1, 0]), torch.tensor([2, 0, 3, 1])
    table = random(4, 3)
    moved_ids, moved_table = exercises.get("06.relabel").reference(ids, table, new_id)
    assert torch.equal(moved_table[moved_ids], table[ids])


# ---- PPMI and GloVe


def test_ppmi_gives_the_value_of_the_exercise():
    counts = torch.tensor([[8.0, 2.0], [12.0, 78.0]], dtype=torch.float64)
    assert_close(lesson.ppmi(counts)[0, 0].item(), exercises.get("06.ppmi").reference(8, 10, 20, 100))
    assert lesson.ppmi(counts)[0, 1] == 0
    assert_close(lesson.ppmi(counts, shift=2.0)[0, 0].item(), math.log(4) - math.log(2))


def test_independent_words_have_no_ppmi():
    counts = torch.outer(torch.tensor([1.0, 2, 3]), torch.tensor([4.0, 5, 6])).double()
    assert lesson.ppmi(counts).max() < 1e-12


def test_ppmi_refuses_an_empty_table():
    with pytest.raises(ValueError, match="not all 0"):
        lesson.ppmi(torch.zeros(2, 2))


def test_all_directions_of_a_factorisation_keep_the_angles():
    matrix = random(6, 6)
    matrix = matrix @ matrix.T
    vectors = lesson.factorise(matrix, 6).double()
    assert_close(vectors @ vectors.T, matrix, rtol=1e-4, atol=1e-4)


def test_glove_weights_follow_the_paper():
    weights = lesson.glove_weights(torch.tensor([[0.0, 1.0], [16.0, 99.0]]), x_max=16.0)
    assert_close(weights, torch.tensor([[0.0, 1 / 8], [1.0, 1.0]]))


def test_one_step_of_glove_equals_the_loop_over_its_cells():
    counts = torch.tensor([[0.0, 3.0, 1.0], [3.0, 0.0, 200.0], [1.0, 200.0, 0.0]])
    start = generator(3)
    w, c = ((torch.rand(3, 2, generator=start) - 0.5) / 2 for _ in range(2))
    grad_w, grad_c, grad_b, grad_d, loss = (torch.zeros_like(x) for x in (w, c, w[:, 0], w[:, 0], w[0, 0]))
    for i in range(3):
        for j in range(3):
            if counts[i, j] > 0:
                weight = min(1.0, counts[i, j].item() / 100) ** 0.75
                miss = w[i] @ c[j] - counts[i, j].log()
                loss += weight * miss**2
                grad_w[i] += weight * miss * c[j]
                grad_c[j] += weight * miss * w[i]
                grad_b[i] += weight * miss
                grad_d[j] += weight * miss
    step = [x - 0.1 * g / (g * g + 1e-8).sqrt() for x, g in ((w, grad_w), (c, grad_c))]
    vectors, fit, losses = lesson.train_glove(counts, generator(3), dim=2, steps=1)
    assert losses == [pytest.approx(loss.item())]
    assert_close(vectors, step[0] + step[1])
    bias, other = (-0.1 * g / (g * g + 1e-8).sqrt() for g in (grad_b, grad_d))
    assert_close(fit, step[0] @ step[1].T + bias[:, None] + other)


def test_glove_fits_a_small_table_of_logarithms():
    counts = torch.exp(random(5, 5)).float() * 20
    _, fit, losses = lesson.train_glove(counts, generator(), dim=5, steps=3000)
    assert losses[-1] < 1e-3 * losses[0]
    assert_close(fit, counts.log(), rtol=0.1, atol=0.2)


@pytest.mark.parametrize(
    ("counts", "words"),
    [(torch.ones(2, 3), r"square .* \(2, 3\)"), (torch.zeros(2, 2), "all 4 counts are 0")],
)
def test_glove_refuses_what_is_no_table_of_counts(counts, words):
    with pytest.raises(ValueError, match=words):
        lesson.train_glove(counts, generator())


# ---- what vectors are asked


def test_an_analogy_is_solved_by_hand():
    vectors = torch.tensor([[1.0, 0, 0], [1, 1, 0], [0.9, 0, 1], [0.9, 1, 1], [-1, 0, 0]])
    assert lesson.analogies(vectors, torch.tensor([[0, 1, 2]])).tolist() == [3]
    assert lesson.analogies(vectors, torch.tensor([[0, 0, 2]]), exclude=False).tolist() == [2]
    with pytest.raises(ValueError, match=r"rows of three ids, got shape \(1, 2\)"):
        lesson.analogies(vectors, torch.tensor([[0, 1]]))


def test_the_nearest_words_leave_out_the_word_itself():
    vectors = torch.tensor([[1.0, 0], [2.0, 0.1], [0, 1.0]])
    assert lesson.nearest(vectors, ["a", "b", "c"], "a", 2) == ["b", "c"]
    with pytest.raises(ValueError, match="'z' is not among the 3 words"):
        lesson.nearest(vectors, ["a", "b", "c"], "z")


def test_weat_is_largest_where_two_groups_are_apart_and_turns_with_them():
    vectors = torch.tensor([[1.0, 0], [1, 0.1], [0, 1], [0.1, 1], [1, 0], [0, 1]])
    effect, gap = lesson.weat(vectors, [0, 1], [2, 3], [4], [5])
    turned, _ = lesson.weat(vectors, [2, 3], [0, 1], [4], [5])
    assert 1.6 < effect < 2 and gap > 1.5 and turned == pytest.approx(-effect)


def test_a_balanced_share_gives_jobs_to_both():
    for share, least, most in ((1.0, 1.0, 1.0), (0.5, 0.4, 0.6), (0.0, 0.0, 0.0)):
        sentences = [s for s in lesson.job_sentences(share, 600, seed=2) if "surgeon" in s]
        men = sum(bool({"he", "him", "his"} & set(s)) for s in sentences) / len(sentences)
        assert least <= men <= most
