"""The builds of lesson 13: the library's choices, a cache that changes nothing, honest speculation."""

from __future__ import annotations

import math
from types import ModuleType

import pytest
import torch
import transformers
from transformers import MinPLogitsWarper, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from helpers import lessons, models

EOS = 0


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return lessons.load("13_decoding")


@pytest.fixture(scope="module")
def library() -> transformers.PreTrainedModel:
    return models.load(dtype=torch.float64)[0]


@pytest.fixture(scope="module")
def gpt(build: ModuleType, library: transformers.PreTrainedModel) -> torch.nn.Module:
    return build.TRANSFORMER.copy_gpt2(library)


def tiny(build: ModuleType, vocab: int = 13, context: int = 11, seed: int = 0) -> torch.nn.Module:
    """Return a GPT of random weights, large enough to be far from uniform."""
    torch.manual_seed(seed)
    gpt = build.TRANSFORMER.GPT(build.TRANSFORMER.GPTConfig(vocab, context, 12, 2, 3)).double().eval()
    for parameter in gpt.parameters():
        parameter.data.normal_(std=0.6)
    return gpt.requires_grad_(False)


def table(*rows: list[float]):
    """Return a reader whose next word depends on the last one by a table."""
    logits = torch.tensor(rows, dtype=torch.float64).log()
    return lambda ids, last=1: logits[ids[:, -last:]]


def p_value(counts: torch.Tensor, probs: torch.Tensor) -> float:
    expected = probs.double() * counts.sum()
    statistic = ((counts - expected) ** 2 / expected).sum()
    freedom = torch.tensor((len(probs) - 1) / 2, dtype=torch.float64)
    return torch.special.gammaincc(freedom, statistic / 2).item()


# Temperature and filters


def test_a_temperature_of_a_half_squares_the_odds(build: ModuleType) -> None:
    probs = build.softmax_with_temperature(torch.tensor([math.log(3.0), 0.0]), 0.5)
    torch.testing.assert_close(probs, torch.tensor([0.9, 0.1]))


def test_temperature_zero_takes_the_first_largest_logit(build: ModuleType) -> None:
    logits = torch.tensor([[1.0, 4.0, 4.0], [1e4, -1e4, 0.0]])
    assert build.softmax_with_temperature(logits, 0).tolist() == [[0, 1, 0], [1, 0, 0]]


@pytest.mark.parametrize("temperature", [0.01, 0.7, 1.0, 3.0])
def test_temperature_is_that_of_transformers(build: ModuleType, temperature: float) -> None:
    logits = torch.randn(5, 17) * 4
    theirs = TemperatureLogitsWarper(temperature)(None, logits).softmax(dim=-1)
    torch.testing.assert_close(build.softmax_with_temperature(logits, temperature), theirs)


@pytest.mark.parametrize("temperature", [-1.0, math.nan, math.inf])
def test_a_temperature_that_is_none_is_refused(build: ModuleType, temperature: float) -> None:
    with pytest.raises(ValueError, match="a temperature is a number of at least 0, got"):
        build.softmax_with_temperature(torch.zeros(3), temperature)


def kept(logits: torch.Tensor) -> list[int]:
    return logits.isfinite().nonzero()[:, 0].tolist()


def test_the_filters_keep_what_one_counts_by_hand(build: ModuleType) -> None:
    logits = torch.tensor([0.10, 0.45, 0.05, 0.25, 0.15]).log()
    assert kept(build.top_k_filter(logits, 2)) == [1, 3]
    assert kept(build.top_p_filter(logits, 0.72)) == [1, 3, 4]
    assert kept(build.top_p_filter(logits, 0.0)) == [1]
    assert kept(build.min_p_filter(logits, 0.3)) == [1, 3, 4]
    assert kept(build.top_k_filter(torch.tensor([2.0, 1.0, 1.0, 0.0]), 2)) == [0, 1, 2]


@pytest.mark.parametrize("ties", [False, True])
def test_the_filters_are_those_of_transformers(build: ModuleType, ties: bool) -> None:
    logits = torch.randn(60, 31) * 2
    logits = logits.round() if ties else logits
    for k in (1, 3, 31, 50):
        assert build.top_k_filter(logits, k).equal(TopKLogitsWarper(k)(None, logits))
    for p in (0.0, 0.1, 0.5, 0.95, 1.0):
        assert build.top_p_filter(logits, p).equal(TopPLogitsWarper(p)(None, logits))
        assert build.min_p_filter(logits, p).equal(MinPLogitsWarper(p)(None, logits))


def test_settings_out_of_range_are_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="at least 1 token, got k = 0"):
        build.top_k_filter(torch.zeros(3), 0)
    with pytest.raises(ValueError, match=r"from 0 to 1, got p = 1.5"):
        build.top_p_filter(torch.zeros(3), 1.5)
    with pytest.raises(ValueError, match=r"from 0 to 1, got p = -0.1"):
        build.min_p_filter(torch.zeros(3), -0.1)


def test_temperature_comes_before_the_filters(build: ModuleType) -> None:
    logits = torch.tensor([0.6, 0.3, 0.1]).log()
    assert (build.next_token_probs(logits, 0.25, top_p=0.8) > 0).tolist() == [True, False, False]
    assert (build.next_token_probs(logits, 4.0, top_p=0.8) > 0).tolist() == [True, True, True]
    scaled = build.next_token_probs(logits, top_k=2)
    torch.testing.assert_close(scaled, torch.tensor([2 / 3, 1 / 3, 0.0]))


# Dice


def test_a_dart_falls_where_the_running_sum_says(build: ModuleType) -> None:
    probs, seed = torch.tensor([[0.2, 0.0, 0.5, 0.3]]).expand(40, -1), 7
    darts = torch.rand(40, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    by_hand = [0 if dart < 0.2 else 2 if dart < 0.7 else 3 for dart in darts[:, 0].tolist()]
    assert build.draw(probs, torch.Generator().manual_seed(seed))[:, 0].tolist() == by_hand


def test_draws_are_those_of_multinomial(build: ModuleType) -> None:
    probs = torch.rand(19, dtype=torch.float64)
    ours = build.draw(probs.expand(5_000, -1), torch.Generator().manual_seed(3))[:, 0]
    theirs = torch.multinomial(probs, 5_000, replacement=True, generator=torch.Generator().manual_seed(3))
    assert ours.equal(theirs)


# Reading and writing


def test_a_score_is_the_sum_of_the_steps(build: ModuleType) -> None:
    read = table([0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4])
    scored = build.score(read, torch.tensor([[0, 1, 2, 2], [0, 0, 1, 0]]), 1)
    by_hand = torch.tensor([0.25 * 0.7 * 0.4, 0.5 * 0.25 * 0.1], dtype=torch.float64)
    torch.testing.assert_close(scored.exp(), by_hand)


def test_greedy_text_is_that_of_transformers(build, gpt, library) -> None:
    ids = torch.randint(1, 1024, (3, 9), generator=torch.Generator().manual_seed(5))
    settings = {"max_new_tokens": 25, "min_new_tokens": 25, "do_sample": False, "pad_token_id": EOS}
    for row in ids.split(1):
        theirs = library.generate(row, eos_token_id=None, **settings)
        assert build.greedy(build.CachedReader(gpt), row, 25).equal(theirs)
        assert build.generate(build.PlainReader(gpt), row, 25, temperature=0).equal(theirs)


def test_texts_that_have_ended_are_filled_up(build: ModuleType) -> None:
    read = table([0.0, 1.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.25, 0.25])
    dice = torch.Generator().manual_seed(1)
    written = build.generate(read, torch.ones(50, 1, dtype=torch.long), 30, eos=0, generator=dice)[:, 1:]
    for row in written.tolist():
        assert 0 in row and set(row[row.index(0) :]) == {0}
    assert written.shape[1] < 30


@pytest.mark.parametrize("window", [1, 2, 5, 11])
def test_a_cache_changes_nothing(build: ModuleType, window: int) -> None:
    gpt = tiny(build)
    for length in (1, 3, 14):
        ids = torch.randint(13, (2, length), generator=torch.Generator().manual_seed(length))
        dice = [torch.Generator().manual_seed(8) for _ in range(2)]
        readers = build.PlainReader(gpt, window), build.CachedReader(gpt, window)
        plain, cached = (
            build.generate(read, ids, 17, generator=one) for read, one in zip(readers, dice, strict=True)
        )
        assert cached.equal(plain)
        torch.testing.assert_close(readers[1](cached), readers[0](plain))


def test_a_cached_reader_follows_texts_that_go_back_and_change_places(build: ModuleType) -> None:
    gpt = tiny(build, context=20)
    plain, cached = build.PlainReader(gpt), build.CachedReader(gpt)
    first = torch.randint(13, (3, 8), generator=torch.Generator().manual_seed(2))
    other = torch.cat([first[[2, 0, 0, 1]], torch.tensor([[5], [6], [7], [8]])], dim=1)
    for ids in (first, other, other[:2, :4], first[:, :3], other[1:, :7], first):
        torch.testing.assert_close(cached(ids, last=2), plain(ids, last=2))


def test_a_cache_computes_each_position_once(build: ModuleType) -> None:
    gpt = tiny(build, context=30)
    plain, cached = build.PlainReader(gpt), build.CachedReader(gpt)
    for read in (plain, cached):
        build.greedy(read, torch.tensor([[1, 2, 3]]), 6)
    assert (plain.computed, cached.computed) == (3 + 4 + 5 + 6 + 7 + 8, 8)


def test_a_cache_that_is_full_says_so(build: ModuleType) -> None:
    cache = build.KVCache(tiny(build, context=4))
    with pytest.raises(ValueError, match="the cache has 4 places, but 5 are needed"):
        cache.extend(0, torch.zeros(1, 3, 5, 4), torch.zeros(1, 3, 5, 4))
    for reader in (build.CachedReader, build.PlainReader):
        with pytest.raises(ValueError, match="6 tokens do not fit into the window of 4"):
            reader(tiny(build, context=4))(torch.zeros(1, 6, dtype=torch.long), last=2)


# Beams


def test_two_beams_find_the_ship_and_one_does_not(build: ModuleType) -> None:
    # 0 The, 1 old, 2 ship, 3 clock, 4 sank; then nothing but 5
    read = table(
        [0.01, 0.51, 0.48, 0, 0, 0],
        [0.3, 0, 0, 0.4, 0, 0.3],
        [0.05, 0, 0, 0, 0.9, 0.05],
        *[[0, 0, 0, 0, 0, 1.0]] * 3,
    )
    found = {beams: build.beam_search(read, torch.tensor([[0]]), beams, 2)[0] for beams in (1, 2)}
    assert [one.ids for one in found.values()] == [[0, 1, 3], [0, 2, 4]]
    assert math.isclose(found[2].log_prob, math.log(0.48 * 0.9))
    assert math.isclose(found[2].score, found[2].log_prob / 2)


@pytest.mark.parametrize("beams", [1, 2, 4, 8])
@pytest.mark.parametrize("penalty", [-1.0, 0.0, 1.0, 2.5])
def test_beams_are_those_of_transformers(build, beams: int, penalty: float) -> None:
    torch.manual_seed(0)
    config = transformers.GPT2Config(vocab_size=23, n_positions=40, n_embd=12, n_layer=2, n_head=3)
    library = transformers.GPT2LMHeadModel(config).eval().double()
    for parameter in library.parameters():
        parameter.data.normal_(std=0.35)
    ours = build.TRANSFORMER.copy_gpt2(library)
    ends = 0
    for seed in range(6):
        ids = torch.randint(1, 23, (1, 4), generator=torch.Generator().manual_seed(seed))
        eos = int(build.greedy(build.PlainReader(ours), ids, 7)[0, -1])  # so that texts do end
        settings = {"num_return_sequences": beams, "length_penalty": penalty} if beams > 1 else {}
        settings |= {"max_new_tokens": 14, "do_sample": False, "pad_token_id": eos, "eos_token_id": eos}
        rows = library.generate(ids, num_beams=beams, **settings).tolist()
        theirs = [row[: row.index(eos, 4) + 1] if eos in row[4:] else row for row in rows]
        for reader in (build.CachedReader(ours), build.PlainReader(ours)):
            found = build.beam_search(reader, ids, beams, 14, eos, penalty)
            assert [one.ids for one in found] == theirs
        ends += sum(row[-1] == eos for row in theirs)
    assert ends


def test_a_search_without_beams_is_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="got 0 and 5"):
        build.beam_search(table([1.0]), torch.tensor([[0]]), 0, 5)


# Speculation


def test_judged_tokens_have_the_targets_distribution(build: ModuleType) -> None:
    p, q = torch.tensor([0.1, 0.6, 0.3]).double(), torch.tensor([0.5, 0.25, 0.25]).double()
    dice = torch.Generator().manual_seed(4)
    drafted = build.draw(q.expand(40_000, -1), dice)[:, 0]
    accepted, instead = build.judge(p.expand(40_000, -1), q.expand(40_000, -1), drafted, dice)
    counts = torch.where(accepted, drafted, instead).bincount(minlength=3)
    assert p_value(counts, p) > 0.001 > p_value(drafted.bincount(minlength=3), p)
    assert abs(accepted.double().mean().item() - 0.6) < 0.01
    assert not (instead[~accepted] == 0).any()


def test_a_draft_equal_to_the_target_is_always_accepted(build: ModuleType) -> None:
    read = table([0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.3, 0.3, 0.4])
    dice = torch.Generator().manual_seed(0)
    run = build.speculative_decode(read, read, torch.tensor([[0]]), 20, 4, generator=dice)
    assert run.accepted == [4] * 4 and run.ids_1T.shape == (1, 21)


@pytest.mark.parametrize("gamma", [1, 2, 5])
def test_speculation_writes_the_targets_texts(build: ModuleType, gamma: int) -> None:
    target = table([0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.3, 0.3, 0.4])
    draft = table([0.6, 0.2, 0.2], [0.3, 0.4, 0.3], [0.1, 0.3, 0.6])
    dice, start = torch.Generator().manual_seed(gamma), torch.tensor([[1]])
    texts = [build.speculative_decode(target, draft, start, 2, gamma, generator=dice) for _ in range(2_000)]
    counts = torch.stack([text.ids_1T[0, 1] * 3 + text.ids_1T[0, 2] for text in texts]).bincount(minlength=9)
    every = torch.cartesian_prod(start[0], torch.arange(3), torch.arange(3))
    assert p_value(counts, build.score(target, every, 1).exp()) > 0.001
    assert p_value(counts, build.score(draft, every, 1).exp()) < 1e-6


def _fresh_draw(build: dict, p, q, drafted, generator):
    accepted, _ = build["judge"](p, q, drafted, generator)
    return accepted, build["draw"](p, generator)[:, 0]


def _accept_by_target(build: dict, p, q, drafted, generator):
    _, instead = build["judge"](p, q, drafted, generator)
    darts = torch.rand(len(drafted), generator=generator)
    return darts < p.gather(-1, drafted[:, None])[:, 0], instead


@pytest.mark.parametrize("wrong", [_fresh_draw, _accept_by_target])
def test_a_wrong_rule_of_acceptance_is_seen(build: ModuleType, monkeypatch, wrong) -> None:
    target, draft = table([0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.3, 0.3, 0.4]), table(*[[0.6, 0.2, 0.2]] * 3)
    names = build.speculative_decode.__globals__
    kept = {"judge": names["judge"], "draw": names["draw"]}
    monkeypatch.setitem(names, "judge", lambda *given: wrong(kept, *given))
    dice, start = torch.Generator().manual_seed(6), torch.tensor([[1]])
    texts = [build.speculative_decode(target, draft, start, 2, 2, generator=dice) for _ in range(2_000)]
    counts = torch.stack([text.ids_1T[0, 1] * 3 + text.ids_1T[0, 2] for text in texts]).bincount(minlength=9)
    every = torch.cartesian_prod(start[0], torch.arange(3), torch.arange(3))
    assert p_value(counts, build.score(target, every, 1).exp()) < 1e-6


@pytest.mark.parametrize("gamma", [1, 3, 7])
def test_greedy_speculation_is_greedy(build, gpt, gamma: int) -> None:
    small, _ = models.load(draft=True, dtype=torch.float64)
    ids = torch.randint(1, 1024, (1, 12), generator=torch.Generator().manual_seed(gamma))
    readers = build.CachedReader(gpt), build.CachedReader(build.TRANSFORMER.copy_gpt2(small))
    run = build.speculative_decode(*readers, ids, 60, gamma, EOS, temperature=0)
    assert run.ids_1T.equal(build.generate(build.CachedReader(gpt), ids, 60, EOS, temperature=0))


def test_speculation_ends_with_the_text(build: ModuleType) -> None:
    read = table([0.5, 0.5], [0.5, 0.5])
    for seed in range(30):
        dice = torch.Generator().manual_seed(seed)
        new = build.speculative_decode(read, read, torch.tensor([[1]]), 6, 4, 0, dice).ids_1T[0, 1:].tolist()
        assert new.index(0) == len(new) - 1 if 0 in new else len(new) == 6


def test_speculation_without_guesses_is_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="got 1 and 0"):
        build.speculative_decode(table([1.0]), table([1.0]), torch.tensor([[0]]), 3, 0)


def test_counts_guess_from_the_longest_context_they_know(build: ModuleType) -> None:
    read = build.NgramReader([1, 2, 3, 1, 2, 4, 5, 2, 4], 7, order=2)
    after = {
        context: read(torch.tensor([context]))[0, 0].softmax(dim=-1) for context in ((1, 2), (6, 2), (6, 6))
    }
    assert after[1, 2].tolist() == pytest.approx([0, 0, 0, 0.5, 0.5, 0, 0])
    assert after[6, 2].tolist() == pytest.approx([0, 0, 0, 1 / 3, 2 / 3, 0, 0])
    assert after[6, 6].tolist() == pytest.approx([0, 2 / 9, 3 / 9, 1 / 9, 2 / 9, 1 / 9, 0])
