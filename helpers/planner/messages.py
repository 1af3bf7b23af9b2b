"""What one device of the middle of a pipeline sends and receives in a step, as a list of messages."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.planner.estimates import Plan
from helpers.planner.model import Model

__all__ = ["Message", "messages"]


@dataclass(frozen=True)
class Message:
    """A kind of communication in a training step.

    Attributes:
        operation: "all-reduce", "all-gather", "reduce-scatter" or "send".
        group: who takes part: the "tensor", "pipeline" or "data" group of the device.
        bytes: of the whole tensor, before it is cut or after it is put together; 16-bit numbers.
        count: how often in a step.
        where: in which part of the step.
    """

    operation: str
    group: str
    bytes: float
    count: int
    where: str


def messages(model: Model, plan: Plan) -> list[Message]:
    """Return the communication of the layers of one device in one step.

    Tensor parallelism sums twice for each layer and pass; with sequence parallelism each sum is a
    reduce-scatter and an all-gather (Korthikanti et al., 2022, arXiv:2205.05198). ZeRO 3 gathers each layer's
    weights for each pass of each micro-batch, and scatters its gradients after each backward pass, as FSDP2
    does. The embedding and the head, on the first and last device, are left out.

    Raises:
        ValueError: if the plan does not fit the model, in one sentence with the numbers.
    """
    plan.check(model)
    return [*_tensor(model, plan), *_pipeline(model, plan), *_data(model, plan)]


def _tensor(model: Model, plan: Plan) -> list[Message]:
    if plan.tensor == 1:
        return []
    times = 2 * model.layers // plan.pipeline * plan.micro_batches
    size = 2 * plan.sequence * plan.micro_batch * model.hidden
    passes = ["forward", "backward"] + ["recomputation"] * (plan.recompute == "full")
    kinds = ("all-gather", "reduce-scatter") if plan.sequence_parallel else ("all-reduce",)
    return [Message(kind, "tensor", size, times, where) for where in passes for kind in kinds]


def _pipeline(model: Model, plan: Plan) -> list[Message]:
    if plan.pipeline == 1:
        return []
    size = 2 * plan.sequence * plan.micro_batch * model.hidden / plan.tensor
    times = plan.micro_batches * plan.virtual_stages
    return [Message("send", "pipeline", size, times, where) for where in ("forward", "backward")]


def _data(model: Model, plan: Plan) -> list[Message]:
    if plan.data == 1:
        return []
    layers = model.layers // plan.pipeline
    one = 2 * model.parameters_of_a_layer / plan.tensor
    if plan.zero == 0:
        return [Message("all-reduce", "data", layers * one, 1, "end")]
    if plan.zero < 3:
        return [Message(kind, "data", layers * one, 1, "end") for kind in ("reduce-scatter", "all-gather")]
    times = layers * plan.micro_batches
    gathers = [Message("all-gather", "data", one, times, where) for where in ("forward", "backward")]
    return [*gathers, Message("reduce-scatter", "data", one, times, "backward")]
