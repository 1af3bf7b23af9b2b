"""Lesson 18: a layer with an adapter, its merge, and counting, by ours and by peft."""

from __future__ import annotations

import warnings

import peft
import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, LlamaConfig

from helpers import lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "18_lora"
LLAMA = {
    "vocab_size": 32_000,
    "hidden_size": 4_096,
    "intermediate_size": 11_008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
}


def forward() -> Row:
    """64 rows through a layer of 768 × 768 with an adapter of rank 8, beside forming the whole update."""
    ours, theirs, x = *_twins(), torch.randn(64, 768, generator=torch.Generator().manual_seed(18))
    return Row(
        "LoRA layer 768 × 768, r = 8, 64 rows",
        {
            "own": torch.no_grad()(lambda: ours(x)),
            "naive": torch.no_grad()(lambda: ours.base(x) + x @ ours.update().T),
            "library": torch.no_grad()(lambda: theirs(x)),
        },
        agree=_all_close,
    )


def merging() -> Row:
    """Merge an adapter of rank 8 into 768 × 768 weights, and take it out again."""
    ours, theirs = _twins()

    def there_and_back(layer: nn.Module) -> Tensor:
        layer.merge()
        layer.unmerge()
        base = getattr(layer, "base", None) or layer.base_layer
        return base.weight.detach()

    return Row(
        "merge and unmerge 768 × 768, r = 8",
        {"own": lambda: there_and_back(ours), "library": lambda: there_and_back(theirs)},
        agree=_all_close,
    )


def counting() -> Row:
    """Adapter parameters of Llama 2 7B, from the configuration and from a model without storage."""
    build, config, targets = lessons.load(LESSON), LlamaConfig(**LLAMA), ["q_proj", "v_proj"]

    def by_peft() -> int:
        with torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            base = AutoModelForCausalLM.from_config(config)
            model = peft.get_peft_model(base, peft.LoraConfig(r=8, target_modules=targets))
        return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)

    return Row(
        "count adapters of Llama 2 7B",
        {"own": lambda: build.lora_parameters(config, 8, targets), "library": by_peft},
        agree=lambda results: set(results.values()) == {4_194_304},
        goals=(
            Goal(
                "own is at least 10 times as fast as the library",
                lambda best: best["library"] >= 10 * best["own"],
            ),
        ),
    )


def _twins() -> tuple[nn.Module, nn.Module]:
    """Return our layer and peft's with the same numbers."""
    torch.manual_seed(18)
    ours = lessons.load(LESSON).LoRALinear(nn.Linear(768, 768), r=8, alpha=16)
    ours.B_MR.data.normal_(std=0.1)
    model = nn.ModuleDict({"one": nn.Linear(768, 768)})
    model["one"].load_state_dict(ours.base.state_dict())
    config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["one"])
    theirs = peft.inject_adapter_in_model(config, model)["one"]
    theirs.lora_A["default"].weight.data.copy_(ours.A_RN)
    theirs.lora_B["default"].weight.data.copy_(ours.B_MR)
    return ours, theirs


def _all_close(results: dict[str, Tensor]) -> bool:
    return all(torch.allclose(result, results["library"], atol=1e-4) for result in results.values())


ROWS = (forward, merging, counting)
