"""Lesson 18: low-rank adapters, in one layer and in a model, and how many numbers they have."""

from __future__ import annotations

import copy
import warnings

import peft
import pytest
import torch
from torch import nn
from transformers import (
    AutoModelForCausalLM,
    FalconConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
)
from transformers.pytorch_utils import Conv1D

from helpers import lessons

lesson = lessons.load("18_lora")


def draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_adapter(layer: nn.Module, r: int = 3, alpha: float = 5.0, dropout: float = 0.0) -> nn.Module:
    """Return an adapter whose B is not zero."""
    adapter = lesson.LoRALinear(layer, r, alpha, dropout)
    adapter.B_MR.data.normal_(generator=draws(1))
    return adapter


# ---- one layer


def test_a_layer_of_rank_one_gives_the_value_worked_out_by_hand():
    layer = lesson.LoRALinear(nn.Linear(2, 3, bias=False), r=1, alpha=2)
    layer.base.weight.data = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    layer.A_RN.data = torch.tensor([[1.0, -1.0]])
    layer.B_MR.data = torch.tensor([[1.0], [2.0], [0.5]])
    # A x = 2; B A x = (2, 4, 1); twice that is added to (5, 3, 8)
    assert layer(torch.tensor([5.0, 3.0])).tolist() == [9.0, 11.0, 10.0]


@pytest.mark.parametrize("base", [nn.Linear(7, 5), nn.Linear(7, 5, bias=False), Conv1D(5, 7)])
def test_a_new_layer_is_its_base_and_only_a_and_b_are_trained(base):
    layer, x = lesson.LoRALinear(base, r=3, alpha=6), torch.randn(2, 4, 7, generator=draws())
    assert torch.equal(layer(x), base(x))
    assert [name for name, weight in layer.named_parameters() if weight.requires_grad] == ["A_RN", "B_MR"]
    assert layer.A_RN.shape == (3, 7) and layer.B_MR.shape == (5, 3)
    assert 0 < layer.A_RN.abs().max() <= 7**-0.5


@pytest.mark.parametrize("base", [nn.Linear(7, 5), Conv1D(5, 7)])
def test_merging_keeps_the_output_and_unmerging_brings_the_weights_back(base):
    base.weight.data.normal_(generator=draws(2))
    before, layer = base.weight.clone(), random_adapter(base)
    x = torch.randn(2, 4, 7, generator=draws())
    beside = layer(x)
    layer.merge()
    torch.testing.assert_close(layer(x), beside)
    torch.testing.assert_close(base(x), beside)
    assert torch.linalg.matrix_rank(base.weight - before, rtol=1e-4) == 3
    layer.unmerge()
    torch.testing.assert_close(base.weight, before)
    torch.testing.assert_close(layer(x), beside)


def test_merging_twice_or_unmerging_what_is_not_merged_is_refused():
    layer = random_adapter(nn.Linear(4, 3))
    with pytest.raises(ValueError, match="not merged"):
        layer.unmerge()
    layer.merge()
    with pytest.raises(ValueError, match="merged already"):
        layer.merge()


def test_dropout_touches_the_branch_only_and_only_while_training():
    layer, x = random_adapter(nn.Linear(7, 5), dropout=0.999), torch.ones(4, 7)
    torch.manual_seed(0)
    torch.testing.assert_close(layer(x)[0], layer.base(x)[0])
    layer.eval()
    assert not torch.allclose(layer(x), layer.base(x))


@pytest.mark.parametrize("r", [0, -1, 1.5])
def test_a_rank_that_is_none_is_refused(r):
    with pytest.raises(ValueError, match="at least 1, got"):
        lesson.LoRALinear(nn.Linear(3, 2), r, alpha=1)


@pytest.mark.parametrize("layer", [nn.LayerNorm(4), nn.Embedding(5, 3), nn.Conv1d(2, 3, 1)])
def test_a_layer_of_another_kind_is_refused(layer):
    with pytest.raises(ValueError, match=f"got {type(layer).__name__}"):
        lesson.LoRALinear(layer, 2, alpha=1)


# ---- in a model, beside the library

GPT2 = {"vocab_size": 40, "n_positions": 16, "n_embd": 12, "n_layer": 3, "n_head": 2}
DROP = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
LLAMA = {"vocab_size": 40, "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 6, "num_key_value_heads": 2}


def models() -> dict[str, nn.Module]:
    torch.manual_seed(0)
    return {
        "gpt2": GPT2LMHeadModel(GPT2Config(**GPT2, **DROP)),
        "llama": LlamaForCausalLM(LlamaConfig(**LLAMA, **HEADS)),
    }


def by_peft(model: nn.Module, targets: list[str], r: int, alpha: float, sideways: bool) -> nn.Module:
    config = peft.LoraConfig(r=r, lora_alpha=alpha, target_modules=targets, fan_in_fan_out=sideways)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peft.get_peft_model(model, config)


@pytest.mark.parametrize(
    "name, targets", [("gpt2", ["c_attn", "c_proj"]), ("llama", ["q_proj", "v_proj", "down_proj"])]
)
def test_a_model_with_adapters_gives_what_peft_gives_before_and_after_merging(name, targets):
    model = models()[name]
    library = by_peft(copy.deepcopy(model), targets, 3, 5.0, sideways=name == "gpt2")
    adapters = lesson.inject(model, targets, r=3, alpha=5.0)
    for place, layer in adapters.items():
        layer.B_MR.data.normal_(generator=draws(3))
        twin = library.get_submodule(f"base_model.model.{place}")
        twin.lora_A["default"].weight.data.copy_(layer.A_RN)
        twin.lora_B["default"].weight.data.copy_(layer.B_MR)
    ids = torch.randint(40, (2, 9), generator=draws(4))
    ours = model(ids).logits
    assert torch.equal(ours, library(input_ids=ids).logits)
    for layer in adapters.values():
        layer.merge()
    torch.testing.assert_close(model(ids).logits, ours)
    torch.testing.assert_close(library.merge_and_unload()(ids).logits, ours)


def test_injecting_finds_whole_names_and_freezes_the_rest():
    model = models()["gpt2"]
    adapters = lesson.inject(model, ["mlp.c_proj"], r=2, alpha=4)
    assert list(adapters) == [f"transformer.h.{i}.mlp.c_proj" for i in range(3)]
    trained = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert len(trained) == 6 and all(name.endswith(("A_RN", "B_MR")) for name in trained)


def test_a_part_of_a_name_is_no_name():
    with pytest.raises(ValueError, match="ends with attn_c or proj"):
        lesson.inject(models()["gpt2"], ["attn_c", "proj"], r=2, alpha=4)


def test_what_is_not_linear_is_refused_and_the_model_stays_as_it_was():
    model = models()["gpt2"]
    with pytest.raises(ValueError, match="got LayerNorm"):
        lesson.inject(model, ["c_attn", "ln_1"], r=2, alpha=4)
    assert not [one for one in model.modules() if isinstance(one, lesson.LoRALinear)]


# ---- counting


CONFIGS = {
    "gpt2": GPT2Config(**GPT2),
    "gpt2 with another MLP": GPT2Config(**GPT2, n_inner=20),
    "llama": LlamaConfig(**LLAMA, **HEADS),
    "llama without groups": LlamaConfig(**LLAMA, num_attention_heads=6),
    "falcon": FalconConfig(
        vocab_size=40,
        hidden_size=24,
        num_hidden_layers=3,
        num_attention_heads=6,
        num_kv_heads=2,
        new_decoder_architecture=True,
        bias=False,
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_every_matrix_of_a_block_is_counted_as_peft_counts_it(name):
    config = CONFIGS[name]
    for key in lesson.shapes(config):
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
            library = by_peft(model, [key], 3, 1, sideways=config.model_type == "gpt2")
        theirs = sum(weight.numel() for weight in library.parameters() if weight.requires_grad)
        assert lesson.lora_parameters(config, 3, [key]) == theirs


@pytest.mark.parametrize(
    "r, targets, numbers",
    [
        (1, ["q_proj", "v_proj"], 524_288),
        (8, ["q_proj", "v_proj"], 4_194_304),
        (1, ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], 2_498_560),
    ],
)
def test_the_numbers_of_llama_2_7b_are_the_known_ones(r, targets, numbers):
    config = LlamaConfig(
        hidden_size=4_096,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=32,
        intermediate_size=11_008,
    )
    assert lesson.lora_parameters(config, r, targets) == numbers


@pytest.mark.parametrize("r, targets", [(0, ["q_proj"]), (2, ["c_attn"]), (2, [])])
def test_a_count_without_rank_or_matrix_is_refused(r, targets):
    with pytest.raises(ValueError, match="needs r of at least 1 and names among q_proj"):
        lesson.lora_parameters(CONFIGS["llama"], r, targets)


def test_an_unknown_kind_of_model_is_refused():
    with pytest.raises(ValueError, match="not for 'opt'"):
        from transformers import OPTConfig

        lesson.shapes(OPTConfig())
