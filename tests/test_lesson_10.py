"""The builds of lesson 10: a GPT and a Llama equal to the library's, causal, and of the size they say."""

from __future__ import annotations

import math
from types import ModuleType

import pytest
import torch
import transformers

from helpers import lessons


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return lessons.load("10_transformer")


def test_a_layer_norm_of_two_numbers_is_minus_one_and_one(build: ModuleType) -> None:
    normed = build.LayerNorm(2, eps=0.0)(torch.tensor([[10.0, 14.0], [3.0, -3.0]]))
    torch.testing.assert_close(normed, torch.tensor([[-1.0, 1.0], [1.0, -1.0]]))


def test_an_rms_norm_divides_by_the_root_mean_square(build: ModuleType) -> None:
    normed = build.RMSNorm(2, eps=0.0)(torch.tensor([3.0, 4.0]))
    torch.testing.assert_close(normed, torch.tensor([3.0, 4.0]) / math.sqrt(12.5))
    x = torch.randn(5, 7)
    torch.testing.assert_close(build.RMSNorm(7, eps=1e-6)(x), torch.nn.RMSNorm(7, eps=1e-6)(x))


def test_swiglu_is_zero_where_its_gate_is_zero(build: ModuleType) -> None:
    layer = build.SwiGLU(6, 10)
    layer.gate.weight.data.zero_()
    assert layer(torch.randn(3, 6)).abs().max() == 0


@pytest.mark.parametrize("shape", [(17, 9, 12, 1, 1), (50, 30, 24, 3, 4), (11, 5, 8, 2, 2)])
def test_a_gpt_of_any_shape_gives_the_logits_of_transformers(build: ModuleType, shape: tuple) -> None:
    vocab, context, width, layers, heads = shape
    torch.manual_seed(sum(shape))
    sizes = {"n_positions": context, "n_embd": width, "n_layer": layers, "n_head": heads}
    theirs = transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=vocab, **sizes)).eval().double()
    ours = build.copy_gpt2(theirs)
    ids = torch.randint(vocab, (3, context))
    torch.testing.assert_close(ours(ids), theirs(ids).logits, atol=1e-12, rtol=1e-12)
    counted = sum(parameter.numel() for parameter in ours.parameters())
    assert build.count_parameters(ours.config) == theirs.num_parameters() == counted


def test_a_model_of_another_kind_is_refused_by_name(build: ModuleType) -> None:
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1}
    other = transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=5, **sizes))
    with pytest.raises(ValueError, match="of the kind gpt2, got one of llama"):
        build.copy_gpt2(other)


@pytest.mark.parametrize("kv_heads", [1, 2, 6])
def test_a_llama_block_gives_the_output_of_transformers(build: ModuleType, kv_heads: int) -> None:
    torch.manual_seed(kv_heads)
    sizes = {"hidden_size": 36, "intermediate_size": 50, "num_attention_heads": 6, "num_hidden_layers": 1}
    config = transformers.LlamaConfig(vocab_size=5, num_key_value_heads=kv_heads, **sizes)
    config.rope_parameters["rope_theta"] = 500_000.0
    theirs = transformers.LlamaModel(config).eval()
    theirs.norm = torch.nn.Identity()
    layer, ours = theirs.layers[0], build.LlamaBlock(build.LlamaConfig.of(config))
    ours.norm1.load_state_dict(layer.input_layernorm.state_dict())
    ours.norm2.load_state_dict(layer.post_attention_layernorm.state_dict())
    ours.attention.load_state_dict(layer.self_attn.state_dict())
    for name in ("gate", "up", "down"):
        getattr(ours.mlp, name).load_state_dict(getattr(layer.mlp, f"{name}_proj").state_dict())
    x = torch.randn(2, 13, 36)
    torch.testing.assert_close(ours(x), theirs(inputs_embeds=x).last_hidden_state, atol=1e-5, rtol=1e-5)


def test_no_block_lets_the_future_through(build: ModuleType) -> None:
    torch.manual_seed(3)
    gpt = build.Block(build.GPTConfig(10, 12, 18, 1, 3))
    llama = build.LlamaBlock(build.LlamaConfig(10, 18, 1, 3, 1, 30))
    for block in (gpt, llama):
        assert build.leak(block, torch.randn(2, 11, 18)) < 1e-6


def test_a_block_without_a_mask_is_found_behind_its_layer_norm(build: ModuleType) -> None:
    torch.manual_seed(4)
    block, x = build.Block(build.GPTConfig(10, 12, 18, 1, 3)), torch.randn(2, 5, 18)
    torch.testing.assert_close(block.norm1(x + 1), block.norm1(x))
    assert build.leak(lambda x: x + block.attention(block.norm1(x))[0], x) > 1e-3


def test_a_leak_is_found(build: ModuleType) -> None:
    assert build.leak(lambda x: x.flip(1), torch.randn(1, 4, 3)) > 0.5
    assert build.leak(lambda x: x.cumsum(1), torch.randn(1, 4, 3)) == 0


def test_a_text_longer_than_the_context_is_refused(build: ModuleType) -> None:
    gpt = build.GPT(build.GPTConfig(10, 6, 8, 1, 2))
    with pytest.raises(ValueError, match="1 to 6 tokens here, got 7"):
        gpt(torch.zeros(1, 7, dtype=torch.long))


def test_heads_that_do_not_divide_the_width_are_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="heads must divide the width"):
        build.GPTConfig(10, 6, 8, 1, 3)


def test_the_count_is_right_by_hand(build: ModuleType) -> None:
    # tables 5*2 + 3*2; attention 4*(4 + 2); MLP 16 + 8 + 16 + 2; norms 3 * 4
    assert build.count_parameters(build.GPTConfig(5, 3, 2, 1, 1)) == 16 + 24 + 42 + 12
    # table 10, head 10; attention 2*4 + 2*2; MLP 3*2*7; norms 3 * 2
    assert build.count_parameters(build.LlamaConfig(5, 2, 1, 2, 1, 7)) == 20 + 12 + 42 + 6


def test_a_cache_holds_keys_and_values_of_the_shared_heads(build: ModuleType) -> None:
    config = build.LlamaConfig(9, 24, 5, 6, 2, 30)
    assert build.kv_cache_bytes(config, 7, bytes_each=4) == 2 * 5 * 2 * 4 * 7 * 4
