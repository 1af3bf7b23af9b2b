"""Lesson 15: floats bit by bit, mixed precision, and the ledgers of bytes and operations."""

from __future__ import annotations

import copy
import math
import random
import struct

import pytest
import torch
import transformers
from torch.nn import functional as F
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode

from helpers import exercises, lessons

lesson = lessons.load("15_numbers_and_memory")
GPT = lesson.GPTConfig(vocab_size=97, context=64, width=48, layers=3, heads=4)
LLAMA = lesson.LlamaConfig(vocab_size=97, width=48, layers=3, heads=6, kv_heads=2, hidden=100)

FORMATS = {
    torch.float16: (5, 10, True),
    torch.bfloat16: (8, 7, True),
    torch.float8_e5m2: (5, 2, True),
    torch.float8_e4m3fn: (4, 3, False),
}
SATURATES = bool(torch.tensor(1e6).to(torch.float8_e4m3fn).double().isfinite())


def gpt2(**changes: object) -> transformers.GPT2LMHeadModel:
    sizes = {"n_positions": 64, "n_embd": 48, "n_layer": 3, "n_head": 4}
    changes = {"activation_function": "gelu_pytorch_tanh"} | changes
    config = transformers.GPT2Config(vocab_size=97, **sizes, **changes)
    return transformers.GPT2LMHeadModel(config).eval()


def llama() -> transformers.LlamaForCausalLM:
    sizes = {"hidden_size": 48, "intermediate_size": 100, "num_hidden_layers": 3, "num_attention_heads": 6}
    config = transformers.LlamaConfig(vocab_size=97, num_key_value_heads=2, **sizes)
    return transformers.LlamaForCausalLM(config)


def ids(batch: int, tokens: int) -> torch.Tensor:
    return torch.randint(97, (batch, tokens + 1), generator=torch.Generator().manual_seed(1))


def loss_of(model: torch.nn.Module, ids_BT: torch.Tensor) -> torch.Tensor:
    out = model(ids_BT[:, :-1]) if isinstance(model, Tiny) else model(ids_BT[:, :-1], use_cache=False).logits
    return F.cross_entropy(out.float().flatten(0, 1), ids_BT[:, 1:].flatten())


class Tiny(torch.nn.Sequential):
    """A next-token model of two layers."""

    def __init__(self) -> None:
        super().__init__(torch.nn.Embedding(97, 24), torch.nn.Linear(24, 97))


# ---- floats


@pytest.mark.parametrize(
    ("pattern", "value"),
    [(0x3C00, 1.0), (0xC000, -2.0), (0x0001, 2.0**-24), (0x7BFF, 65504.0), (0xFC00, -math.inf)],
)
def test_fp16_patterns_stand_for_the_known_numbers(pattern, value):
    assert lesson.decode_float(pattern, 5, 10) == value
    assert lesson.encode_float(value, 5, 10) == pattern


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_all_patterns_are_decoded_and_encoded_as_torch_does(dtype):
    e, m, infinities = FORMATS[dtype]
    whole = torch.uint16 if dtype.itemsize == 2 else torch.uint8
    theirs = torch.arange(2 ** (1 + e + m)).to(whole).view(dtype).double().tolist()
    for pattern, value in enumerate(theirs):
        ours = lesson.decode_float(pattern, e, m, infinities)
        if math.isnan(value):
            assert math.isnan(ours)
        else:
            assert (ours, math.copysign(1, ours)) == (value, math.copysign(1, value))
            assert lesson.encode_float(value, e, m, infinities) == pattern


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_encoding_rounds_as_torch_casts(dtype):
    e, m, infinities = FORMATS[dtype]
    whole = torch.int16 if dtype.itemsize == 2 else torch.int8
    generator = torch.Generator().manual_seed(0)
    bits = torch.randint(-(2**31), 2**31, (4_000,), generator=generator).int().view(torch.float32)
    ties = torch.randint(2 ** (e + m) - 2**m, (2_000,), generator=generator)
    middles = torch.tensor(
        [
            (lesson.decode_float(i, e, m, infinities) + lesson.decode_float(i + 1, e, m, infinities)) / 2
            for i in ties.tolist()
        ]
    )
    usual = torch.randn(2_000, generator=generator)
    inputs = torch.cat([bits, middles, -middles, usual])
    inputs = inputs[~inputs.isnan()]
    saturate = SATURATES and dtype == torch.float8_e4m3fn
    ours = [lesson.encode_float(x, e, m, infinities, saturate) for x in inputs.tolist()]
    theirs = inputs.to(dtype).view(whole).long() % 2 ** (1 + e + m)
    finite = ~inputs.to(dtype).double().isnan()
    assert torch.equal(torch.tensor(ours)[finite], theirs[finite])
    assert all(math.isnan(lesson.decode_float(ours[i], e, m, infinities)) for i in (~finite).nonzero())


def test_float32_and_float64_are_those_of_the_standard():
    rng = random.Random(15)
    for _ in range(2_000):
        pattern = rng.getrandbits(64)
        value = struct.unpack("<d", struct.pack("<Q", pattern))[0]
        if not math.isnan(value):
            assert lesson.decode_float(pattern, 11, 52) == value
            assert lesson.encode_float(value, 11, 52) == pattern
        short = rng.getrandbits(32)
        value = struct.unpack("<f", struct.pack("<I", short))[0]
        assert math.isnan(value) or lesson.encode_float(value, 8, 23) == short


def test_a_number_is_rounded_once_where_torch_goes_through_float32():
    just_above_the_tie = 1 + 2**-11 + 2**-40
    assert lesson.decode_float(lesson.encode_float(just_above_the_tie, 5, 10), 5, 10) == 1 + 2**-10


def test_what_is_too_large_becomes_infinity_nan_or_the_largest_number():
    assert lesson.encode_float(1e9, 5, 2) == 0b0_11111_00
    assert lesson.encode_float(1e9, 5, 2, saturate=True) == 0b0_11110_11
    assert lesson.encode_float(-1e9, 4, 3, infinities=False) == 0xFF
    assert lesson.encode_float(-math.inf, 4, 3, infinities=False, saturate=True) == 0xFE
    assert lesson.encode_float(464.0, 4, 3, infinities=False) == 0x7E  # a tie, back to 448
    assert math.isnan(lesson.decode_float(lesson.encode_float(math.nan, 4, 3, False), 4, 3, False))


@pytest.mark.parametrize("pattern", [-1, 65536])
def test_a_pattern_with_too_many_bits_is_refused(pattern):
    with pytest.raises(ValueError, match=rf"1 \+ 5 \+ 10 bits is 0 to 65535, got {pattern}"):
        lesson.decode_float(pattern, 5, 10)


def test_a_format_without_fraction_is_refused():
    with pytest.raises(ValueError, match="at least 1 bit each, got 8 and 0"):
        lesson.encode_float(1.0, 8, 0)


# ---- mixed precision


def test_the_scale_halves_after_an_overflow_and_doubles_after_good_steps():
    scaler, seen = lesson.LossScaler(8.0, interval=2), []
    for overflowed in (True, False, False, False, True, False, False):
        scaler.update(overflowed)
        seen.append(scaler.scale)
    assert seen == [4, 4, 8, 8, 4, 4, 8]


def test_the_scale_moves_as_torchs_does():
    theirs = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=4)
    theirs.scale(torch.zeros(()))
    ours, weight = lesson.LossScaler(2.0**10, interval=4), torch.zeros(1, requires_grad=True)
    optimizer, rng = torch.optim.SGD([weight], lr=1.0), random.Random(3)
    for _ in range(200):
        overflowed = rng.random() < 0.2
        weight.grad = torch.tensor([math.inf if overflowed else 0.0])
        theirs.step(optimizer)
        theirs.update()
        ours.update(overflowed)
        assert (ours.scale, ours.good) == (theirs.get_scale(), theirs.state_dict()["_growth_tracker"])


@pytest.mark.parametrize(("scale", "interval"), [(0.0, 3), (-1.0, 3), (1.0, 0)])
def test_a_scaler_that_cannot_work_is_refused(scale, interval):
    with pytest.raises(ValueError, match="scale must be positive and interval at least 1"):
        lesson.LossScaler(scale, interval)


def test_in_float32_the_trainer_is_adamw_whatever_the_scale():
    model = Tiny()
    plain = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(plain.parameters(), lr=0.01)
    trainer = lesson.MixedTrainer(model, 0.01, lesson.LossScaler(2.0**12, interval=2))
    for step in range(5):
        x = ids(3, 7 + step)
        assert trainer.step(loss_of(model, x))
        optimizer.zero_grad()
        loss_of(plain, x).backward()
        optimizer.step()
    assert_close(dict(model.named_parameters()), dict(plain.named_parameters()))


def test_an_overflow_skips_the_step_and_lowers_the_scale():
    model = Tiny().half()
    before = copy.deepcopy(model.state_dict())
    trainer = lesson.MixedTrainer(model, 0.01, lesson.LossScaler(2.0**40))
    assert not trainer.step(loss_of(model, ids(3, 7)))
    assert trainer.scaler.scale == 2.0**39
    assert_close(model.state_dict(), before, rtol=0, atol=0)


def test_the_master_copy_keeps_what_the_weights_cannot_hold():
    kept, dropped = (torch.nn.Linear(1, 1, bias=False).bfloat16() for _ in range(2))
    for model, keep in ((kept, True), (dropped, False)):
        torch.nn.init.ones_(model.weight)
        trainer = lesson.MixedTrainer(model, 1e-3, keep_master=keep)
        for _ in range(50):
            trainer.step(-model.weight.sum())
        assert trainer.masters[0].item() == pytest.approx(1.05 if keep else 1.0, abs=2e-3)
    assert kept.weight.item() > 1.03 and dropped.weight.item() == 1.0


def test_mixed_training_holds_sixteen_bytes_a_parameter():
    model = Tiny().half()
    trainer = lesson.MixedTrainer(model, 0.01)
    trainer.step(loss_of(model, ids(3, 7)))
    states = [s[name] for s in trainer.optimizer.state.values() for name in ("exp_avg", "exp_avg_sq")]
    held = [*model.parameters(), *(p.grad for p in model.parameters()), *trainer.masters, *states]
    assert lesson.bytes_of(held) == 16 * sum(p.numel() for p in model.parameters())


# ---- bytes


def test_a_parameter_takes_sixteen_bytes_in_float32_and_in_mixed_precision():
    N = lesson.TRANSFORMER.count_parameters(GPT)
    for precision, expected in (
        ("float32", [4, 4, 0, 8]),
        ("mixed", [2, 2, 4, 8]),
        ("autocast", [2, 4, 4, 8]),
    ):
        parts = lesson.training_bytes(GPT, 2, 5, precision)
        assert [parts.pop(name) for name in list(parts)[:4]] == [N * size for size in expected]
        assert list(parts) == ["activations"]


def test_activations_are_the_literatures_without_dropout():
    s, b, h, a, L = 20, 3, 48, 4, 3
    layer = s * b * h * (34 - 2) + 2 * a * s * s * b  # without two masks and the dropout of the scores
    ends = s * b * (2 * 2 * h + 4 * 97)
    assert lesson.training_bytes(GPT, b, s, "mixed", scores=True)["activations"] == L * layer + ends


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize(("batch", "tokens"), [(2, 31), (5, 64)])
def test_saved_activations_of_a_gpt2_are_predicted_within_three_per_cent(attention, batch, tokens):
    model = gpt2(attn_implementation=attention)
    with lesson.SavedBytes(model) as saved:
        loss_of(model, ids(batch, tokens))
    predicted = lesson.training_bytes(GPT, batch, tokens, scores=attention == "eager")
    assert saved.total == pytest.approx(predicted["activations"], rel=0.03)


def test_a_gelu_that_is_written_out_keeps_more_than_the_fused_one():
    model = gpt2(activation_function="gelu_new")
    with lesson.SavedBytes(model) as saved:
        loss_of(model, ids(2, 31))
    assert saved.total > 1.5 * lesson.training_bytes(GPT, 2, 31)["activations"]


def test_saved_activations_of_a_llama_are_predicted_within_five_per_cent():
    model = llama()
    with lesson.SavedBytes(model) as saved:
        loss_of(model, ids(3, 50))
    assert saved.total == pytest.approx(lesson.training_bytes(LLAMA, 3, 50)["activations"], rel=0.05)


def test_saved_activations_under_autocast_are_predicted_with_the_copies_of_the_weights():
    model = gpt2()
    with torch.autocast("cpu", dtype=torch.bfloat16), lesson.SavedBytes(model) as saved:
        loss_of(model, ids(5, 64))
    copies = 2 * (12 * 3 * 48**2 + 97 * 48)
    predicted = lesson.training_bytes(GPT, 5, 64, "autocast")["activations"]
    assert saved.total == pytest.approx(predicted + copies, rel=0.03)


def test_a_storage_that_is_saved_twice_is_counted_once():
    x = torch.ones(10, requires_grad=True)
    with lesson.SavedBytes(torch.nn.Identity()) as saved:
        y = x * 2
        (y * y).exp()
    assert saved.total == 2 * 40


@pytest.mark.parametrize("wrong", [{"precision": "fp16"}, {"batch": 0}, {"tokens": 0}, {"states": -1}])
def test_a_bill_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="precision is one of float32, mixed, autocast"):
        lesson.training_bytes(GPT, **{"batch": 1, "tokens": 1} | wrong)


def test_an_answer_needs_weights_and_cache():
    seven = lesson.LlamaConfig(32_000, 4_096, 32, 32, 32, 11_008)
    parts = lesson.inference_bytes(seven, batch=3, tokens=2)
    assert parts == {"weights": 2 * 6_738_415_616, "KV cache": 3 * 2 * 2**19}
    assert lesson.inference_bytes(seven, 1, 1, weight_bits=4)["weights"] == 6_738_415_616 // 2


@pytest.mark.parametrize(("model", "config"), [(gpt2, GPT), (llama, LLAMA)])
def test_the_cache_has_the_bytes_that_were_predicted(model, config):
    cache = model()(ids(3, 19), use_cache=True).past_key_values
    measured = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert measured == lesson.inference_bytes(config, 3, 20, kv_bytes=4)["KV cache"]


def test_an_answer_of_no_tokens_is_refused():
    with pytest.raises(ValueError, match="sizes must be positive, got batch=1, tokens=0"):
        lesson.inference_bytes(GPT, 1, 0)


# ---- operations


def test_one_token_through_one_layer_costs_what_one_adds_up_by_hand():
    config = lesson.GPTConfig(vocab_size=5, context=1, width=2, layers=1, heads=1)
    assert lesson.flops(config, 1, 1, backward=False) == 2 * 12 * 4 + 4 * 2 + 2 * 2 * 5


@pytest.mark.parametrize(("made", "config"), [(gpt2, GPT), (llama, LLAMA)])
def test_operations_are_those_that_the_counter_counts(made, config):
    model = made()
    model.set_attn_implementation("eager")
    with FlopCounterMode(display=False) as counter:
        loss = loss_of(model, ids(2, 31))
    assert counter.get_total_flops() == lesson.flops(config, 2, 31, backward=False)
    with FlopCounterMode(display=False) as counter:
        loss.backward()
    assert counter.get_total_flops() == 2 * lesson.flops(config, 2, 31, backward=False)
    assert lesson.flops(config, 2, 31) == 3 * lesson.flops(config, 2, 31, backward=False)


def test_operations_of_nothing_are_refused():
    with pytest.raises(ValueError, match="sizes must be positive, got batch=0, tokens=3"):
        lesson.flops(GPT, 0, 3)


# ---- exercises


def test_the_exercises_agree_with_the_lesson():
    bias = exercises.get("15.bias").reference
    assert all(lesson.encode_float(1.0, e, 3) >> 3 == bias(e) for e in range(2, 12))
    limit = exercises.get("15.update").reference(1.5, 10)
    stays, goes = (lesson.encode_float(1.5 + part * limit, 5, 10) for part in (0.99, 1.01))
    assert (lesson.decode_float(stays, 5, 10), lesson.decode_float(goes, 5, 10)) == (1.5, 1.5 + 2**-10)
    parts = lesson.training_bytes(GPT, 1, 1, "mixed", states=1)
    total = sum(parts.values()) - parts["activations"]
    assert total == exercises.get("15.bytes").reference(2, 1, 4) * lesson.TRANSFORMER.count_parameters(GPT)
    assert exercises.get("15.scale").reference([1.0]) == 2.0**15
