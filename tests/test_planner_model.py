"""Parameters, operations and bytes of a planned model, beside published figures."""

from __future__ import annotations

import pytest

from helpers.planner import Model, activation_bytes, state_bytes

GPT3 = Model(layers=96, hidden=12_288, heads=96, vocab=50_257, positions=2_048)
LLAMA_70B = Model(80, 8_192, 64, kv_heads=8, ffn=28_672, vocab=32_000, gated=True, tied=False)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (
            Model(12, 768, 12, vocab=50_257, positions=1_024),
            124_439_808,
        ),  # GPT-2, as counted in its checkpoint
        (Model(32, 4_096, 32, vocab=32_000, gated=True, tied=False), 6_738_415_616),  # Llama 2 7B
        (LLAMA_70B, 68_976_648_192),
        (Model(32, 4_096, 32, 8, 14_336, 128_256, gated=True, tied=False), 8_030_261_248),  # Llama 3 8B
    ],
)
def test_parameters_of_published_models(model, parameters):
    assert model.parameters == parameters


@pytest.mark.parametrize(
    ("layers", "hidden", "heads", "billions"),
    [
        (24, 2_304, 24, 1.7),
        (36, 4_096, 32, 7.5),
        (48, 8_192, 64, 39.1),
        (80, 12_288, 96, 145.6),
        (105, 20_480, 128, 529.6),
    ],
)
def test_parameters_are_those_of_megatron_to_the_printed_digit(layers, hidden, heads, billions):
    """Narayanan et al. (2021), arXiv:2104.04473, table 1."""
    model = Model(layers, hidden, heads, vocab=51_200, positions=2_048)
    assert round(model.parameters / 1e9, 1) == billions


def test_operations_are_those_of_megatrons_formula():
    """Narayanan et al. (2021), equation 3."""
    L, h, s, V, B = 80, 12_288, 2_048, 51_200, 2_304
    expected = 96 * B * s * L * h**2 * (1 + s / (6 * h) + V / (16 * L * h))
    assert Model(L, h, 96, vocab=V).flops(B * s, s, "full") == pytest.approx(expected, rel=1e-12)


def test_recomputation_adds_a_forward_pass_or_the_scores():
    tokens, s = 4_096, 2_048
    none, selective, full = (GPT3.flops(tokens, s, kind) for kind in ("none", "selective", "full"))
    assert selective - none == tokens * 96 * 4 * s * 12_288
    assert full - none == tokens * 96 * GPT3.forward_flops_of_a_layer(s)
    with pytest.raises(ValueError, match="got 'some'"):
        GPT3.flops(tokens, s, "some")


@pytest.mark.parametrize(
    ("data", "gigabytes"),
    [
        (1, (120, 120, 120)),
        (4, (52.5, 41.3, 30)),
        (16, (35.6, 21.6, 7.5)),
        (64, (31.4, 16.6, 1.88)),
        (256, (30.4, 15.4, 0.47)),
        (1024, (30.1, 15.1, 0.12)),
    ],
)
def test_states_are_those_of_zero_to_the_printed_digit(data, gigabytes):
    """Rajbhandari et al. (2020), arXiv:1910.02054, table 1, a model of 7.5 billion parameters."""
    for zero, printed in enumerate(gigabytes, start=1):
        digits = len(str(printed).partition(".")[2])
        half = 0.5 * 10**-digits
        assert abs(state_bytes(7.5e9, data, zero) / 1e9 - printed) <= half * 1.0000001, (zero, printed)
    assert state_bytes(7.5e9, data) == 120e9


def test_activations_are_those_of_korthikanti():
    """Korthikanti et al. (2022), arXiv:2205.05198, table 2."""
    s, b, h, a, t = 2_048, 4, 6_144, 64, 8
    model, sbh, scores = Model(48, h, a), s * b * h, 5 * a * s / h
    for options, expected in (
        ({}, 34 + scores),
        ({"tensor": t}, 10 + 24 / t + scores / t),
        ({"tensor": t, "sequence_parallel": True}, 34 / t + scores / t),
        ({"tensor": t, "recompute": "selective"}, 10 + 24 / t),
        ({"tensor": t, "sequence_parallel": True, "recompute": "selective"}, 34 / t),
        ({"recompute": "full"}, 2),
    ):
        assert activation_bytes(model, s, b, **options) == pytest.approx(sbh * expected, rel=1e-12), options
    assert activation_bytes(model, s, b, flash=True) == activation_bytes(model, s, b, recompute="selective")


def test_activations_of_a_llama_by_hand():
    model = Model(1, 8, 4, kv_heads=2, ffn=20, vocab=9, gated=True)
    # norms 2 · (in + out) · 2 bytes · 8; queries and found 2 · 2 · 8; keys, values 2 · 2 · 4; MLP 4 · 2 · 20
    assert activation_bytes(model, 3, 5, flash=True) == 15 * (64 + 32 + 16 + 160)
    assert activation_bytes(model, 3, 5) - activation_bytes(model, 3, 5, flash=True) == 15 * 2 * 4 * 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Model(2, 10, 4), "heads divide hidden, and kv_heads divide heads; got hidden=10, heads=4"),
        (lambda: Model(2, 16, 4, kv_heads=3), "kv_heads=3"),
        (lambda: Model(0, 16, 4), "every size of a model is at least 1"),
        (lambda: state_bytes(1e9, 4, zero=5), "got zero=5 and data=4"),
        (lambda: activation_bytes(GPT3, 2_048, 1, tensor=5), "must divide the 96 heads, got tensor=5"),
        (lambda: activation_bytes(GPT3, 2_048, 1, recompute="half"), "got 'half'"),
    ],
)
def test_numbers_that_do_not_fit_are_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
