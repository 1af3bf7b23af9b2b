"""The builds of lesson 12: losses as the library has them, batches, a loop that learns, a law that fits."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest
import torch
from scipy.optimize import curve_fit
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from transformers import GPT2Config, GPT2LMHeadModel

from helpers import lessons


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return lessons.load("12_pretraining")


def small_gpt(vocab: int, context: int) -> GPT2LMHeadModel:
    torch.manual_seed(0)
    shape = {"n_embd": 12, "n_layer": 2, "n_head": 3, "n_positions": context}
    return GPT2LMHeadModel(GPT2Config(vocab_size=vocab, bos_token_id=0, eos_token_id=0, **shape)).eval()


def test_a_token_with_half_of_the_probability_costs_ln_2(build: ModuleType) -> None:
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]])
    cost = build.token_nats(logits, torch.tensor([1, 0]))
    torch.testing.assert_close(cost, torch.tensor([math.log(2), -math.log(0.75)]))
    assert math.isclose(build.cross_entropy(logits, torch.tensor([1, 0])), cost.mean(), rel_tol=1e-6)


def test_cross_entropy_is_that_of_torch_and_of_transformers(build: ModuleType) -> None:
    model, ids = small_gpt(17, 9), torch.randint(17, (5, 9), generator=torch.Generator().manual_seed(1))
    logits = 30 * model(ids).logits
    torch.testing.assert_close(
        build.cross_entropy(logits, ids), F.cross_entropy(logits.flatten(0, 1), ids.flatten())
    )
    ours = build.cross_entropy(model(ids).logits[:, :-1], ids[:, 1:])
    torch.testing.assert_close(ours, model(ids, labels=ids).loss)


def test_large_logits_do_not_overflow(build: ModuleType) -> None:
    assert build.cross_entropy(torch.tensor([[1000.0, 0.0]]), torch.tensor([1])) == 1000


def test_logits_and_targets_that_do_not_fit_are_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"logits \(2, 3, 5\) and targets \(2, 4\)"):
        build.token_nats(torch.zeros(2, 3, 5), torch.zeros(2, 4, dtype=torch.long))


def test_a_uniform_model_has_the_perplexity_of_its_choices(build: ModuleType) -> None:
    assert math.isclose(build.perplexity(torch.log(torch.tensor([0.5, 0.125]))), 4, rel_tol=1e-6)
    assert math.isclose(build.perplexity(torch.full((3, 7), -math.log(11))), 11, rel_tol=1e-6)


def test_perplexity_is_the_exponential_of_the_loss(build: ModuleType) -> None:
    logits, targets = torch.randn(4, 6, 13), torch.randint(13, (4, 6))
    own = build.perplexity(-build.token_nats(logits, targets))
    assert math.isclose(own, F.cross_entropy(logits.flatten(0, 1), targets.flatten()).exp(), rel_tol=1e-5)


def test_what_is_no_log_probability_is_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="none above 0"):
        build.perplexity(torch.tensor([0.5, -1.0]))
    with pytest.raises(ValueError, match="at least one number"):
        build.perplexity(torch.tensor([]))


def test_a_byte_with_a_quarter_of_the_probability_takes_two_bits(build: ModuleType) -> None:
    assert math.isclose(build.bits_per_byte(torch.log(torch.tensor([0.25, 0.25])), "ab"), 2, rel_tol=1e-6)


def test_bits_per_byte_count_bytes_and_not_characters_or_tokens(build: ModuleType) -> None:
    nats = torch.tensor([-1.0, -2.0, -3.0])
    assert math.isclose(build.bits_per_byte(nats, "häß"), 6 / math.log(2) / 5, rel_tol=1e-6)
    assert math.isclose(build.bits_per_byte(nats.sum()[None], "häß"), 6 / math.log(2) / 5, rel_tol=1e-6)
    with pytest.raises(ValueError, match="at least one byte, got ''"):
        build.bits_per_byte(nats, "")


def test_targets_are_the_next_tokens_and_all_pieces_are_drawn(build: ModuleType) -> None:
    stream, generator = torch.arange(100, 112), torch.Generator().manual_seed(0)
    inputs, targets = build.get_batch(stream, rows=300, length=7, generator=generator)
    assert inputs.shape == targets.shape == (300, 7)
    assert torch.equal(targets, inputs + 1)
    assert set(inputs[:, 0].tolist()) == {100, 101, 102, 103, 104}
    only, _ = build.get_batch(stream[:8], rows=2, length=7, generator=generator)
    assert torch.equal(only, stream[:7].expand(2, 7))


def test_a_stream_without_a_token_after_the_piece_is_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="piece of 7 tokens and the next one need more than 7"):
        build.get_batch(torch.arange(7), rows=2, length=7, generator=torch.Generator())


def test_the_rate_rises_to_its_peak_and_falls_to_zero(build: ModuleType) -> None:
    rates = [build.learning_rate(step, 10, 0.4, 4) for step in range(11)]
    assert rates[:4] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert rates[4] == pytest.approx(0.4) and rates[7] == pytest.approx(0.2) and rates[10] == 0


def test_the_loop_takes_the_steps_of_plain_torch(build: ModuleType) -> None:
    batch = [torch.randint(11, (2, 5), generator=torch.Generator().manual_seed(k)) for k in (0, 1)]
    ours, theirs = small_gpt(11, 8), small_gpt(11, 8)
    losses = build.train(ours, lambda: batch, steps=6, lr=0.01, warmup=2)
    wide = [[p for p in theirs.parameters() if (p.dim() > 1) is side] for side in (True, False)]
    optimizer = torch.optim.AdamW(
        [{"params": wide[0], "weight_decay": 0.1}, {"params": wide[1], "weight_decay": 0}], betas=(0.9, 0.98)
    )
    for step in range(6):
        for group in optimizer.param_groups:
            group["lr"] = [0.005, 0.01, 0.01, 0.0075, 0.005, 0.0025][step]
        loss = F.cross_entropy(theirs(batch[0]).logits.flatten(0, 1), batch[1].flatten())
        assert losses[step] == pytest.approx(loss.item(), rel=1e-4)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        optimizer.step()
    assert losses[-1] < losses[0]


def test_the_loop_watches_its_steps_and_takes_plain_logits(build: ModuleType) -> None:
    seen, table = [], torch.nn.Embedding(7, 7)
    stream = torch.arange(70) % 7
    generator = torch.Generator().manual_seed(0)

    def watch(steps: range):
        for step in steps:
            seen.append(step)
            yield step

    losses = build.train(table, lambda: build.get_batch(stream, 4, 6, generator), 90, 0.2, watch=watch)
    assert seen == list(range(90)) and losses[-1] < 0.1


def test_a_run_without_steps_is_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="at least 1, got 0 and 30"):
        build.train(torch.nn.Embedding(3, 3), lambda: None, steps=0, lr=0.1)


@pytest.mark.parametrize("shape", [(17, 9, 12, 1, 3), (30, 14, 20, 3, 2)])
def test_the_operations_are_those_of_the_counter(build: ModuleType, shape: tuple) -> None:
    lesson = lessons.load("10_transformer")
    config = lesson.GPTConfig(*shape)
    with FlopCounterMode(display=False) as counter:
        lesson.GPT(config)(torch.zeros(2, config.context, dtype=torch.long)).sum().backward()
    counted = counter.get_total_flops() / (2 * config.context)
    assert build.train_flops_per_token(config.layers, config.width, shape[0], config.context) == counted


def test_operations_by_hand(build: ModuleType) -> None:
    assert build.train_flops_per_token(1, 2, 5, 3) == 6 * (48 + 10 + 12)
    assert build.approximate_flops(7, 3) == 126


def runs(noise: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return parameters, tokens and losses of 20 runs that follow a law, up to noise."""
    parameters, tokens = (x.ravel() for x in np.meshgrid([2e4, 9e4, 3e5, 8e5, 3e6], [5e5, 2e6, 6e6, 3e7]))
    losses = 0.4 + 0.3 * (parameters / 1e6) ** -0.6 + 0.7 * (tokens / 1e6) ** -0.9
    return parameters, tokens, losses * (1 + noise * np.random.default_rng(3).standard_normal(20))


def test_a_law_is_found_again(build: ModuleType) -> None:
    law = build.fit_power_law(*runs())
    assert [law.floor, law.a, law.alpha, law.b, law.beta] == pytest.approx(
        [0.4, 0.3, 0.6, 0.7, 0.9], rel=1e-3
    )
    given = build.fit_power_law(*runs(), floor=0.4)
    assert given.floor == 0.4 and given.alpha == pytest.approx(0.6, rel=1e-3)
    assert law(1e6, 1e6) == pytest.approx(1.4, rel=1e-3)


def test_a_noisy_fit_is_that_of_scipy(build: ModuleType) -> None:
    parameters, tokens, losses = runs(noise=0.03)
    law = build.fit_power_law(parameters, tokens, losses)
    theirs, _ = curve_fit(
        lambda x, *numbers: build.PowerLaw(*numbers)(*x),
        (parameters, tokens),
        losses,
        p0=(0.1, 1, 0.5, 1, 0.5),
        sigma=losses,
    )
    assert [law.floor, law.a, law.alpha, law.b, law.beta] == pytest.approx(theirs.tolist(), rel=2e-3)


def test_too_few_runs_are_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="at least five runs, got 4"):
        build.fit_power_law(*(column[:4] for column in runs()))
