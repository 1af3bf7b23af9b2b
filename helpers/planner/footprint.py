"""What one device must hold: weights, gradients and optimizer by ZeRO stage, activations of a layer."""

from __future__ import annotations

from helpers.planner.model import RECOMPUTE, Model

__all__ = ["activation_bytes", "state_bytes"]

WEIGHTS, GRADIENTS, OPTIMIZER = 2, 2, 12  # bytes a parameter: 16-bit; float32 copy and two of Adam's


def state_bytes(parameters: float, data: int = 1, zero: int = 0) -> float:
    """Return the bytes of weights, gradients and optimizer on each of `data` devices.

    ZeRO divides among them the optimizer (stage 1), gradients too (2), weights too (3): Rajbhandari et al.
    (2020), arXiv:1910.02054, with mixed precision and Adam, 2 + 2 + 12 bytes a parameter.

    Raises:
        ValueError: if the stage is not 0 to 3, or there is no device.
    """
    if zero not in (0, 1, 2, 3) or data < 1:
        raise ValueError(f"zero is 0 to 3 and data at least 1, got zero={zero} and data={data}")
    parts = ((WEIGHTS, 3), (GRADIENTS, 2), (OPTIMIZER, 1))
    return sum(parameters * size / (data if zero >= stage else 1) for size, stage in parts)


def activation_bytes(
    model: Model,
    sequence: int,
    micro_batch: int,
    tensor: int = 1,
    sequence_parallel: bool = False,
    recompute: str = "none",
    flash: bool = False,
) -> float:
    """Return the bytes that one layer keeps of one micro-batch on each device, in 16-bit precision.

    For GPTs these are the formulas of Korthikanti et al. (2022), arXiv:2205.05198, table 2: sbh (34 + 5as/h)
    and its parts, with dropout of the scores and after both halves of the layer. Llama-like models have no
    dropout, and their gate keeps four tensors of the MLP's width.

    Args:
        model: the shape.
        sequence: positions of a text.
        micro_batch: texts.
        tensor: devices that share each layer.
        sequence_parallel: whether they share the norms and dropouts between the matrices too.
        recompute: "none", "selective" (the scores and what depends on them) or "full" (all but the input).
        flash: whether a fused attention keeps no scores in the first place.

    Raises:
        ValueError: if `tensor` does not divide the heads, or `recompute` is unknown.
    """
    if recompute not in RECOMPUTE:
        raise ValueError(f"recompute is one of {', '.join(RECOMPUTE)}, got {recompute!r}")
    if tensor < 1 or model.heads % tensor:
        raise ValueError(f"tensor must divide the {model.heads} heads, got tensor={tensor}")
    positions, h = sequence * micro_batch, model.hidden
    outside = tensor if sequence_parallel else 1
    if recompute == "full":
        return 2 * positions * h / outside
    masks = 0 if model.gated else 2 * h  # one byte each, after attention and after the MLP
    between = (8 * h + masks) / outside  # inputs and outputs of the two norms
    hidden = 8 * model.ffn if model.gated else 4 * model.ffn
    inside = (
        4 * h + 4 * model.kv_width + hidden
    ) / tensor  # queries, what attention found, keys, values, MLP
    keeps_scores = recompute == "none" and not flash
    scores = (2 if model.gated else 5) * model.heads * sequence / tensor if keeps_scores else 0
    return positions * (between + inside + scores)
