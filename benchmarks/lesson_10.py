"""Lesson 10: our GPT and Llama block, beside those of `transformers`, with the same weights."""

from __future__ import annotations

import torch
import transformers
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from helpers import lessons, models
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "10_transformer"


@torch.no_grad()
def _close(results: dict[str, torch.Tensor]) -> bool:
    return torch.allclose(results["own"], results["library"], rtol=1e-4, atol=1e-4)


def read() -> Row:
    """Read 8 texts of 256 tokens with the embedded model."""
    model, _ = models.load()
    own = lessons.load(LESSON).copy_gpt2(model)
    ids_BT = torch.randint(len(own.tokens.weight), (8, 256), generator=torch.Generator().manual_seed(0))
    return Row(
        "read 8 texts of 256 tokens with the embedded model",
        {
            "own": _without_gradient(own, ids_BT),
            "library": _without_gradient(lambda x: model(x).logits, ids_BT),
        },
        agree=_close,
        goals=(
            Goal("own takes at most three times as long", lambda best: best["own"] <= 3 * best["library"]),
        ),
    )


def train() -> Row:
    """Compute the gradient of the loss of one batch of the embedded model."""
    model, _ = models.load()
    own = lessons.load(LESSON).copy_gpt2(model)
    ids_BT = torch.randint(len(own.tokens.weight), (8, 128), generator=torch.Generator().manual_seed(0))

    def gradient(network: torch.nn.Module, table: torch.nn.Parameter, logits) -> torch.Tensor:
        network.zero_grad()
        logits(ids_BT).logsumexp(dim=-1).mean().backward()
        return table.grad.clone()

    return Row(
        "gradient of a batch of 8 texts of 128 tokens",
        {
            "own": lambda: gradient(own, own.tokens.weight, own),
            "library": lambda: gradient(model, model.transformer.wte.weight, lambda x: model(x).logits),
        },
        agree=_close,
    )


def llama_block() -> Row:
    """Run one block of width 512 with shared heads on 4 texts of 256 positions."""
    build = lessons.load(LESSON)
    shape = {"hidden_size": 512, "intermediate_size": 1_376, "num_attention_heads": 8, "num_hidden_layers": 1}
    config = transformers.LlamaConfig(vocab_size=16, num_key_value_heads=2, **shape)
    theirs = transformers.LlamaModel(config).eval()
    theirs.norm = torch.nn.Identity()
    own = build.LlamaBlock(build.LlamaConfig.of(config))
    layer = theirs.layers[0]
    own.norm1.load_state_dict(layer.input_layernorm.state_dict())
    own.norm2.load_state_dict(layer.post_attention_layernorm.state_dict())
    own.attention.load_state_dict(layer.self_attn.state_dict())
    names = {"gate": "gate_proj", "up": "up_proj", "down": "down_proj"}
    own.mlp.load_state_dict(
        {f"{name}.weight": getattr(layer.mlp, other).weight for name, other in names.items()}
    )
    x_BTD = torch.randn(4, 256, 512, generator=torch.Generator().manual_seed(0))
    return Row(
        "one Llama block of width 512 on 4 texts of 256 positions",
        {
            "own": _without_gradient(own, x_BTD),
            "library": _without_gradient(lambda x: theirs(inputs_embeds=x).last_hidden_state, x_BTD),
        },
        agree=_close,
    )


def rms_norm() -> Row:
    """Normalise 4 M numbers."""
    own, theirs = lessons.load(LESSON).RMSNorm(1_024), LlamaRMSNorm(1_024)
    x_BTD = torch.randn(16, 256, 1_024, generator=torch.Generator().manual_seed(0))
    return Row(
        "RMS norm of 4 M numbers",
        {"own": _without_gradient(own, x_BTD), "library": _without_gradient(theirs, x_BTD)},
        agree=_close,
    )


def _without_gradient(layer, x: torch.Tensor):
    def run() -> torch.Tensor:
        with torch.no_grad():
            return layer(x)

    return run


ROWS = (read, train, llama_block, rms_norm)
