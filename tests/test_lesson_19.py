"""Lesson 19: affine codes, calibration, straight-through rounding, NF4, QLoRA and ternary weights."""

from __future__ import annotations

import math
import warnings

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from helpers import lessons, packages

lesson = lessons.load("19_quantization")
bnb = packages.load("bitsandbytes").functional


def normal(*shape: int, seed: int = 0, spread: float = 1.0) -> torch.Tensor:
    return spread * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# ---- affine codes


def test_the_codes_of_a_small_range_are_those_worked_out_by_hand():
    q = lesson.quantize_affine(torch.tensor([-20.0, 0.0, 333.0, 1000.0]), 8, symmetric=False)
    assert (q.scale.item(), q.zero.item(), q.codes.flatten().tolist()) == (4.0, 5.0, [0, 5, 88, 255])
    assert lesson.dequantize(q).tolist() == [-20.0, 0.0, 332.0, 1000.0]


def test_symmetric_codes_have_no_zero_point_and_leave_out_the_lowest():
    q = lesson.quantize_affine(torch.tensor([-7.0, -3.4, 0.0, 2.6]), 4, symmetric=True)
    assert q.codes.flatten().tolist() == [-7, -3, 0, 3]
    assert q.scale.item() == 1 and q.zero.item() == 0 and q.codes.dtype == torch.int8


@pytest.mark.parametrize("bits", [2, 3, 4, 7, 8])
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("shift", [-4.0, 0.0, 5.0])
def test_channels_are_rounded_as_by_pytorch(bits, axis, shift):
    x = normal(5, 7, 3) + shift
    q = lesson.quantize_affine(x, bits, symmetric=False, axis=axis)
    scale, zero = q.scale[:, 0], q.zero[:, 0].int()
    theirs = torch.fake_quantize_per_channel_affine(x, scale, zero, axis % 3, 0, 2**bits - 1)
    assert torch.equal(lesson.dequantize(q), theirs)
    assert q.codes.shape == (x.shape[axis], x.numel() // x.shape[axis])


@pytest.mark.parametrize("symmetric, zero, lowest, highest", [(False, 100, 0, 255), (True, 0, -127, 127)])
def test_ties_and_clamped_numbers_are_rounded_as_by_pytorch(symmetric, zero, lowest, highest):
    x = torch.arange(-401, 402) / 2.0
    bounds = (float(lowest - zero), float(highest - zero))
    q = lesson.quantize_affine(x, 8, symmetric, bounds=bounds)
    theirs = torch.fake_quantize_per_tensor_affine(x, 1.0, zero, lowest, highest)
    assert q.scale == 1 and torch.equal(lesson.dequantize(q), theirs)


@pytest.mark.parametrize("symmetric", [True, False])
def test_codes_are_those_of_pytorch(symmetric):
    x = normal(1_003) * 3 + 1
    q = lesson.quantize_affine(x, 8, symmetric)
    kind = torch.qint8 if symmetric else torch.quint8
    with warnings.catch_warnings(action="ignore"):  # that it is deprecated
        theirs = torch.quantize_per_tensor(x, q.scale.item(), int(q.zero), kind).int_repr()
    assert torch.equal(q.codes.flatten(), theirs)


@pytest.mark.parametrize("groups", [{}, {"axis": 0}, {"axis": 1}, {"block": 6}, {"block": 1}])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("bits", [2, 5, 8, 12, 16])
def test_no_error_exceeds_half_a_step_and_zero_is_exact(groups, symmetric, bits):
    x = normal(4, 6)
    x[1, 2] = 0.0
    q = lesson.quantize_affine(x, bits, symmetric, **groups)
    back = lesson.dequantize(q)
    error = lesson.to_groups(back - x, **groups).abs()
    assert (error <= 0.5001 * q.scale + 1e-6).all()
    assert back[1, 2] == 0 and back.shape == x.shape


def test_a_group_of_zeros_stays_zero():
    x = torch.zeros(2, 4)
    x[0] = 3.0
    assert torch.equal(lesson.dequantize(lesson.quantize_affine(x, 4, True, axis=0)), x)


def test_given_bounds_clip_what_lies_beyond():
    x = torch.tensor([-9.0, -1.0, 0.4, 3.0, 50.0])
    q = lesson.quantize_affine(x, 2, False, bounds=(-1.0, 2.0))
    assert lesson.dequantize(q).tolist() == [-1.0, -1.0, 0.0, 2.0, 2.0]


def test_the_bits_of_a_number_count_its_share_of_the_constants():
    x = normal(8, 16) + 0.3
    assert lesson.quantize_affine(x, 4, True, block=64).bits_per_number() == 4.5
    assert lesson.quantize_affine(x, 4, False, block=32).bits_per_number() == 4 + 36 / 32


@pytest.mark.parametrize("shape, axis", [((3, 4), 0), ((3, 4), 1), ((2, 3, 5), 1), ((2, 3, 5), -1)])
def test_groups_along_an_axis_come_back_in_order(shape, axis):
    x = normal(*shape)
    assert torch.equal(lesson.from_groups(lesson.to_groups(x, axis), x.shape, axis), x)


def test_what_cannot_be_quantised_is_refused():
    x = normal(6, 5)
    for bits in (1, 17, 4.0):
        with pytest.raises(ValueError, match=f"from 2 to 16, got {bits}"):
            lesson.quantize_affine(x, bits, True)
    with pytest.raises(ValueError, match=r"only finite numbers.*got 2 others"):
        lesson.quantize_affine(torch.tensor([1.0, math.nan, math.inf]), 8, True)
    with pytest.raises(ValueError, match="30 numbers cannot be cut into blocks of 4"):
        lesson.quantize_affine(x, 8, True, block=4)
    with pytest.raises(ValueError, match="an axis or a block"):
        lesson.quantize_affine(x, 8, True, axis=0, block=5)


# ---- calibration


def test_minmax_and_percentile_are_those_of_the_samples():
    samples = torch.arange(10_001.0) - 5_000
    assert lesson.calibrate(samples, "minmax") == (-5_000.0, 5_000.0)
    assert_close(torch.tensor(lesson.calibrate(samples, "percentile")), torch.tensor([-4_995.0, 4_995.0]))


def test_the_range_of_least_error_clips_only_where_it_pays():
    samples = normal(4_000)
    samples[:4] = 9.0
    assert lesson.calibrate(samples, "mse", bits=8)[1] > 8.0
    assert lesson.calibrate(samples, "mse", bits=3)[1] < 6.0
    for bits in (3, 5, 8):
        errors = {
            method: lesson.clipping_error(samples, lesson.calibrate(samples, method, bits), bits)
            for method in ("minmax", "percentile", "mse")
        }
        assert errors["mse"] <= errors["minmax"]


@pytest.mark.parametrize("samples, method", [(torch.ones(3), "entropy"), (torch.ones(0), "minmax")])
def test_calibration_needs_samples_and_a_known_method(samples, method):
    with pytest.raises(ValueError, match="need samples and minmax, percentile or mse"):
        lesson.calibrate(samples, method)


# ---- straight-through rounding


def test_the_gradient_passes_where_nothing_was_clamped():
    x = torch.tensor([-2.0, -1.4, 0.3, 2.4, 2.6], requires_grad=True)
    out = lesson.FakeQuantize.apply(x, torch.tensor(1.0), torch.tensor(1.0), 0, 3)
    out.backward(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert out.tolist() == [-1.0, -1.0, 0.0, 2.0, 2.0]
    assert x.grad.tolist() == [0.0, 2.0, 3.0, 4.0, 0.0]


@pytest.mark.parametrize("lowest, highest, zero", [(0, 7, 3), (-8, 7, 0), (0, 255, 128), (-2, 1, -1)])
def test_fake_quantisation_is_that_of_pytorch_forward_and_backward(lowest, highest, zero):
    scale, point = torch.tensor(0.37), torch.tensor(zero, dtype=torch.int32)
    ours, theirs = (normal(997, spread=2.0).requires_grad_() for _ in range(2))
    up = normal(997, seed=1)
    a = lesson.FakeQuantize.apply(ours, scale, point.float(), lowest, highest)
    b = torch.fake_quantize_per_tensor_affine(theirs, scale, point, lowest, highest)
    a.backward(up)
    b.backward(up)
    assert torch.equal(a, b) and torch.equal(ours.grad, theirs.grad)


def test_a_layer_that_trains_through_rounding_gives_what_rounding_afterwards_gives():
    layer = nn.Linear(6, 4)
    aware, x = lesson.QATLinear(layer, bits=3), normal(5, 6)
    assert_close(aware(x), lesson.rounded(layer, 3, axis=0)(x))
    aware(x).square().sum().backward()
    assert layer.weight.grad.abs().sum() > 0


# ---- NF4


def test_the_levels_are_those_of_bitsandbytes():
    """To the last bit of a float, which not every processor rounds alike."""
    assert_close(lesson.nf4_codebook(), bnb.get_4bit_type("nf4", device="cpu"), rtol=0, atol=2e-7)
    assert_close(lesson.dynamic_codebook(), bnb.create_dynamic_map(), rtol=1e-6, atol=0)


def test_a_small_block_is_encoded_as_by_hand():
    x = torch.tensor([0.5, -2.0, 0.0, 2.0])  # 0.25 → level 10, 0.2461
    q = lesson.quantize_nf4(x, block=4, double=False)
    assert q.packed.tolist() == [10 * 16 + 0, 7 * 16 + 15] and q.scales.tolist() == [2.0]
    assert_close(lesson.dequantize_nf4(q), torch.tensor([2 * 0.2461123, -2.0, 0.0, 2.0]))


@pytest.mark.parametrize("block", [32, 64, 256])
@pytest.mark.parametrize("shape", [(64, 256), (193, 512), (3, 5, 256), (4096,)])  # rows of whole blocks
@pytest.mark.parametrize("kind", ["normal", "small", "heavy", "half zeros"])
def test_codes_are_those_of_bitsandbytes_bit_for_bit_and_so_are_scales(block, shape, kind):
    x = normal(*shape, seed=block, spread=1e-3 if kind == "small" else 1.0)
    x = x**5 if kind == "heavy" else x
    if kind == "half zeros":
        x.view(-1)[: x.numel() // 2] = 0.0
    for double in (False, True):
        theirs, state = bnb.quantize_4bit(x, blocksize=block, quant_type="nf4", compress_statistics=double)
        ours = lesson.quantize_nf4(x, block, double)
        assert torch.equal(ours.packed, theirs.flatten())
        assert torch.equal(ours.scales, state.absmax)
        if double:
            assert_close([ours.outer, ours.offset], [state.state2.absmax, state.offset], rtol=1e-6, atol=0)
        decoded = bnb.dequantize_4bit(theirs, state).view_as(x)  # (1, n) for a vector, in 0.50.2
        assert_close(lesson.dequantize_nf4(ours), decoded, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("shape", [(40, 96), (8, 32), (64, 7)])
def test_rows_that_are_no_whole_blocks_have_the_codes_of_bitsandbytes(shape):
    """Codes only: the decoder of 0.50.2 was wrong for such rows on a CPU with AVX-512."""
    x = normal(*shape)
    theirs, state = bnb.quantize_4bit(x, quant_type="nf4", compress_statistics=True)
    ours = lesson.quantize_nf4(x)
    assert torch.equal(ours.packed, theirs.flatten()) and torch.equal(ours.scales, state.absmax)
    assert (lesson.dequantize_nf4(ours) - x).square().mean() < 0.012


def test_ties_between_levels_go_down_as_in_bitsandbytes():
    levels = lesson.nf4_codebook()
    ties = torch.cat([torch.ones(1), (levels[:-1] + levels[1:]) / 2, torch.zeros(48)])
    ours = lesson.quantize_nf4(ties).packed
    assert torch.equal(ours, bnb.quantize_4bit(ties, quant_type="nf4")[0].flatten())
    codes = torch.stack([ours >> 4, ours & 15], dim=1).flatten()
    assert codes[1:16].tolist() == list(range(15))


def test_scales_at_every_edge_of_the_table_get_the_code_of_bitsandbytes():
    edges = (torch.arange(65_536) + 0.5) / 32_767.5 - 1
    below, above = (torch.nextafter(edges, torch.tensor(end)) for end in (-2.0, 2.0))
    x = torch.cat([edges, below, above])[:-1].clamp(-1, 1)
    x = torch.cat([x, torch.zeros(-len(x) % 255)]).view(-1, 255)
    x = torch.cat([torch.ones(len(x), 1), x], dim=1)
    theirs, _ = bnb.quantize_blockwise(x, blocksize=256)
    assert torch.equal(lesson.look_up(x), theirs.view_as(x))


def test_double_quantisation_costs_a_quarter_of_the_bits_of_scales():
    x = normal(512, 256)
    assert lesson.quantize_nf4(x, double=False).bits_per_number() == 4.5
    bits = lesson.quantize_nf4(x).bits_per_number()
    assert_close(bits, 4 + 8 / 64 + 32 / (64 * 256), atol=3e-4, rtol=0)


@pytest.mark.parametrize(
    "numbers, block, said", [(65, 5, "even number"), (66, 64, "blocks of 64"), (0, 64, "even")]
)
def test_nf4_refuses_what_does_not_fill_blocks_and_bytes(numbers, block, said):
    with pytest.raises(ValueError, match=said):
        lesson.quantize_nf4(torch.ones(numbers), block)


# ---- QLoRA


@pytest.mark.parametrize("double", [True, False])
def test_qlora_computes_with_the_decoded_weights_and_the_update(double):
    linear, x = nn.Linear(128, 40), normal(3, 7, 128)
    codes, state = bnb.quantize_4bit(linear.weight.detach(), quant_type="nf4", compress_statistics=double)
    decoded, bias = bnb.dequantize_4bit(codes, state), linear.bias.detach()
    layer = lesson.QLoRALinear(linear, r=5, alpha=15, double=double)
    assert_close(layer(x), nn.functional.linear(x, decoded, bias))
    nn.init.ones_(layer.B_MR)
    update = 3 * layer.B_MR @ layer.A_RN
    assert_close(layer(x), nn.functional.linear(x, decoded + update, bias), atol=1e-5, rtol=1e-5)


def test_only_the_adapters_of_qlora_learn_and_no_float_weight_is_left():
    layer = lesson.QLoRALinear(nn.Linear(64, 8, bias=False), r=2, alpha=2)
    layer(normal(3, 64)).sum().backward()
    assert {name for name, p in layer.named_parameters() if p.requires_grad} == {"A_RN", "B_MR"}
    assert not any(p.numel() == 64 * 8 for p in layer.parameters())
    with pytest.raises(ValueError, match="4-bit weights cannot take up an update"):
        layer.merge()
    with pytest.raises(ValueError, match=r"nn\.Linear, got Embedding"):
        lesson.QLoRALinear(nn.Embedding(4, 64), r=2, alpha=2)


# ---- ternary weights


def test_ternary_codes_are_those_worked_out_by_hand():
    q = lesson.quantize_ternary(torch.tensor([[4.0, -0.5, 0.25, -3.25]]))  # mean size 2
    assert q.codes.tolist() == [[1, 0, 0, -1]] and q.scale.item() == 2
    assert_close(q.bits, math.log2(3))


def test_additions_alone_give_the_product_with_ternary_weights():
    q, x = lesson.quantize_ternary(normal(9, 31)), normal(31, seed=1)
    assert_close(lesson.multiply_free(x, q), lesson.dequantize(q) @ x, atol=1e-5, rtol=1e-5)


def test_a_ternary_layer_rounds_weights_and_inputs_and_learns_through_both():
    layer, x = lesson.TernaryLinear(12, 5), normal(2, 3, 12).requires_grad_()
    weight = lesson.dequantize(lesson.quantize_ternary(layer.weight.detach()))
    eight = lesson.dequantize(lesson.quantize_affine(x.detach().view(6, 12), 8, True, axis=0)).view(2, 3, 12)
    out = layer(x)
    assert_close(out, nn.functional.linear(eight, weight, layer.bias), atol=1e-5, rtol=1e-5)
    out.sum().backward()
    assert_close(layer.weight.grad, eight.sum((0, 1)).expand(5, 12), atol=1e-5, rtol=1e-5)
    assert_close(x.grad, weight.sum(0).expand(2, 3, 12), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("bits, levels", [(1.58, 3), (2, 4), (3, 8)])
def test_a_rounded_layer_has_only_so_many_weights_and_leaves_the_old_one_alone(bits, levels):
    layer = nn.Linear(64, 3)
    before = layer.weight.clone()
    after = lesson.rounded(layer, bits, axis=0)
    assert all(row.unique().numel() <= levels for row in after.weight)
    assert torch.equal(layer.weight, before) and torch.equal(after.bias, layer.bias)
