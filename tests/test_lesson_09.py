"""Lesson 09: attention, positions, heads, cost and the block-wise form."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode

from helpers import exercises, lessons

lesson = lessons.load("09_attention")


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def qkv(T: int = 5, S: int = 7, K: int = 4, C: int = 6) -> tuple[torch.Tensor, ...]:
    return random(2, 3, T, K, seed=1), random(2, 3, S, K, seed=2), random(2, 3, S, C, seed=3)


# ---- attention


def test_attention_gives_the_value_worked_out_by_hand():
    q, k, v = torch.tensor([[2.0]]), torch.tensor([[0.0], [0.5 * math.log(3)]]), torch.tensor([[0.0], [8.0]])
    out, weights = lesson.attention(q, k, v)
    assert_close(weights, torch.tensor([[0.25, 0.75]]))
    assert_close(out, torch.tensor([[6.0]]))


def test_the_loop_is_one_row_of_attention():
    q, k, v = (x[0, 0] for x in qkv())
    out, weights = lesson.attend_slowly(q[2].tolist(), k.tolist(), v.tolist())
    assert_close(torch.tensor(out), lesson.attention(q, k, v)[0][2])
    assert_close(torch.tensor(weights), lesson.attention(q, k, v)[1][2])


@pytest.mark.parametrize("shape", [(5, 7), (1, 1, 5, 7), (2, 1, 5, 7), (2, 3, 5, 7), (1, 7)])
@pytest.mark.parametrize("additive", [False, True])
def test_attention_equals_torch_for_masks_that_broadcast(shape, additive):
    q, k, v = qkv()
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(4)) < 0.5
    if additive:
        mask = random(*shape).masked_fill(~mask, -math.inf)
    out, weights = lesson.attention(q, k, v, mask)
    assert_close(out, F.scaled_dot_product_attention(q, k, v, attn_mask=mask))
    assert weights.shape == (2, 3, 5, 7)


def test_attention_takes_a_scale_of_ones_own():
    q, k, v = qkv()
    assert_close(lesson.attention(q, k, v, scale=0.3)[0], F.scaled_dot_product_attention(q, k, v, scale=0.3))


def test_a_row_that_sees_nothing_is_zero_and_so_is_its_gradient():
    q, k, v = (x.requires_grad_() for x in qkv())
    mask = torch.ones(5, 7, dtype=torch.bool)
    mask[3] = False
    out, weights = lesson.attention(q, k, v, mask)
    out.sum().backward()
    assert (out[..., 3, :] == 0).all() and (weights[..., 3, :] == 0).all()
    assert all(x.grad.isfinite().all() for x in (q, k, v)) and (q.grad[..., 3, :] == 0).all()


def test_hidden_keys_change_nothing():
    q, k, v = qkv(T=7, S=7)
    causal = torch.ones(7, 7, dtype=torch.bool).tril()
    before, _ = lesson.attention(q, k, v, causal)
    k[..., 6, :], v[..., 6, :] = 9.0, -9.0
    assert torch.equal(before[..., :6, :], lesson.attention(q, k, v, causal)[0][..., :6, :])


@pytest.mark.parametrize("broken", [(4, 5, 7, 7), (4, 4, 7, 6)])
def test_attention_refuses_shapes_that_do_not_fit(broken):
    K, other_K, S, other_S = broken
    with pytest.raises(ValueError, match="must fit, got"):
        lesson.attention(random(5, K), random(S, other_K), random(other_S, 3))


def test_attention_refuses_a_mask_of_integers():
    q, k, v = qkv()
    with pytest.raises(ValueError, match=r"must be boolean .* got torch.int64"):
        lesson.attention(q, k, v, torch.ones(5, 7, dtype=torch.int64))


def test_hard_attention_takes_the_value_of_the_best_key():
    out, weights = lesson.hard_attention(*qkv())
    q, k, v = qkv()
    best = (q @ k.mT).argmax(dim=-1)
    assert_close(out, v.gather(-2, best[..., None].expand(-1, -1, -1, 6)))
    assert (weights.sum(dim=-1) == 1).all() and weights.max() == 1


# ---- positions


def test_the_first_position_is_zeros_and_ones_and_the_second_turns_by_one():
    positions = lesson.sinusoidal_positions(3, 4)
    assert_close(positions[0], torch.tensor([0.0, 1.0, 0.0, 1.0]))
    second = torch.tensor([math.sin(1), math.cos(1), math.sin(0.01), math.cos(0.01)])
    assert_close(positions[1], second)


def test_products_of_positions_depend_on_the_distance_alone():
    products = lesson.sinusoidal_positions(60, 32) @ lesson.sinusoidal_positions(60, 32).mT
    for distance in range(60):
        assert products.diagonal(distance).std(correction=0) < 1e-4


def test_positions_of_an_odd_size_are_refused():
    with pytest.raises(ValueError, match=r"must be even.* got 7"):
        lesson.sinusoidal_positions(4, 7)


def test_rope_turns_the_first_pair_by_one_radian_a_position():
    x = torch.tensor([[1.0, 0.0, 0.0, 0.0]] * 2)
    turned = lesson.rope(x, torch.tensor([0, 1]))
    assert_close(turned[0], x[0])
    assert_close(turned[1], torch.tensor([math.cos(1), 0.0, math.sin(1), 0.0]))


@pytest.mark.parametrize("theta", [10_000.0, 500_000.0])
def test_rope_equals_llama(theta):
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

    config = LlamaConfig(
        hidden_size=48,
        num_attention_heads=3,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
    )
    q, k = random(2, 3, 9, 16), random(2, 3, 9, 16, seed=1)
    positions = torch.arange(9) + 30
    theirs = apply_rotary_pos_emb(q, k, *LlamaRotaryEmbedding(config)(q, positions[None]))
    assert_close((lesson.rope(q, positions, theta), lesson.rope(k, positions, theta)), theirs)


def test_rope_keeps_lengths_and_sees_distances_alone():
    q, k, at = random(2, 9, 8), random(2, 9, 8, seed=1), torch.arange(9)
    assert_close(lesson.rope(q, at).norm(dim=-1), q.norm(dim=-1))
    near = lesson.rope(q, at) @ lesson.rope(k, at).mT
    assert_close(lesson.rope(q, at + 40) @ lesson.rope(k, at + 40).mT, near, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("size", "count"), [(7, 5), (8, 4)])
def test_rope_refuses_odd_sizes_and_missing_positions(size, count):
    with pytest.raises(ValueError, match="needs an even size and T positions"):
        lesson.rope(random(5, size), torch.arange(count))


# ---- heads


def test_heads_are_slices_of_the_width_and_merge_back():
    x = torch.arange(24.0).reshape(2, 2, 6)
    heads = lesson.split_heads(x, 3)
    assert heads.shape == (2, 3, 2, 2)
    assert heads[0, 1].tolist() == [[2, 3], [8, 9]]
    assert torch.equal(lesson.merge_heads(heads), x)


@pytest.mark.parametrize("bias", [False, True])
def test_multi_head_attention_equals_torch(bias):
    ours = lesson.MultiHeadAttention(12, 3, bias=bias)
    theirs = torch.nn.MultiheadAttention(12, 3, bias=bias, batch_first=True)
    parts = (ours.q_proj, ours.k_proj, ours.v_proj)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        if bias:
            theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.o_proj.state_dict())
    x, context = random(2, 5, 12), random(2, 7, 12, seed=1)
    assert_close(ours(x, context), theirs(x, context, context, average_attn_weights=False))


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_groups_of_heads_share_keys_as_in_torch(kv_heads):
    ours, x = lesson.MultiHeadAttention(16, 4, kv_heads), random(2, 5, 16)
    q, k, v = (
        lesson.split_heads(p(x), n)
        for p, n in ((ours.q_proj, 4), (ours.k_proj, kv_heads), (ours.v_proj, kv_heads))
    )
    theirs = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    assert_close(ours(x, mask=causal)[0], ours.o_proj(lesson.merge_heads(theirs)))


def test_with_rotation_only_distances_count():
    ours, x = lesson.MultiHeadAttention(16, 2, 1), random(2, 5, 16)
    _, near = ours(x, positions=torch.arange(5))
    _, far = ours(x, positions=torch.arange(5) + 50)
    _, none = ours(x)
    assert_close(near, far, atol=1e-4, rtol=1e-4)
    assert (near - none).abs().max() > 1e-3


@pytest.mark.parametrize("sizes", [(10, 3, None), (12, 4, 3)])
def test_heads_that_do_not_divide_are_refused(sizes):
    with pytest.raises(ValueError, match=rf"must divide .* d_model={sizes[0]}, n_heads={sizes[1]}"):
        lesson.MultiHeadAttention(*sizes)


# ---- cost


def test_the_cost_of_the_notes_example_is_the_known_number():
    assert lesson.attention_flops(128, 128, 256, 8) == 83_886_080
    assert exercises.get("09.cost").reference(128, 128, 256, 8) == 83_886_080


@pytest.mark.parametrize("setting", [(3, 5, 12, 2, 1), (5, 3, 12, 6, 3), (1, 9, 8, 8, 8)])
def test_the_formula_is_what_the_counter_counts(setting):
    n, m, d, h, kv = setting
    with FlopCounterMode(display=False) as counter:
        lesson.MultiHeadAttention(d, h, kv)(random(n, d), random(m, d))
    assert counter.get_total_flops() == lesson.attention_flops(*setting)


def test_a_cost_of_heads_that_do_not_divide_is_refused():
    with pytest.raises(ValueError, match=r"h must divide d .* got d=10, h=4"):
        lesson.attention_flops(1, 1, 10, 4)


# ---- block by block


@pytest.mark.parametrize("block", [1, 2, 3, 5, 64])
@pytest.mark.parametrize("lengths", [(5, 7), (7, 7), (7, 5), (1, 6)])
def test_blocks_give_what_the_whole_gives(block, lengths):
    T, S = lengths
    q, k, v = qkv(T, S)
    assert_close(lesson.flash_attention(q, k, v, block, causal=False), lesson.attention(q, k, v)[0])
    sees = torch.ones(T, S, dtype=torch.bool).tril(diagonal=S - T)
    assert_close(lesson.flash_attention(q, k, v, block, causal=True), lesson.attention(q, k, v, sees)[0])


def test_blocks_survive_scores_that_overflow():
    q, k, v = qkv()
    out = lesson.flash_attention(1e3 * q, 1e3 * k, v, block=2, causal=False)
    assert out.isfinite().all()
    assert_close(out, F.scaled_dot_product_attention(1e3 * q, 1e3 * k, v))


def test_an_empty_block_is_refused():
    with pytest.raises(ValueError, match="block must be at least 1, got 0"):
        lesson.flash_attention(*qkv(), block=0, causal=False)


def test_peak_bytes_weighs_new_tensors_and_forgets_dead_ones():
    x = random(10, 10)
    with lesson.PeakBytes() as memory:
        view = x.T
        first = x + 1
        del first
        second = view * 2
    assert memory.peak == memory.live == second.nbytes == 400


def test_the_peak_of_blocks_grows_with_the_output_alone():
    def peak(N: int) -> int:
        q, k, v = random(3, N, 8)
        with lesson.PeakBytes() as memory:
            lesson.flash_attention(q, k, v, block=16, causal=False)
        return memory.peak - 4 * N * 8

    assert peak(32) == peak(64) == peak(256)
