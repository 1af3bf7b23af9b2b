"""Train three small layers on two processes in three ways; rank 0 prints the collectives that were counted.

Run by `tests/test_planner_messages.py` under `torch.distributed.run`.
"""

import json
import warnings

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import Shard
from torch.distributed.tensor.debug import CommDebugMode
from torch.distributed.tensor.parallel import (
    ColwiseParallel,
    RowwiseParallel,
    SequenceParallel,
    parallelize_module,
)

LAYERS, WIDTH, TEXTS, POSITIONS = 3, 8, 2, 4
NAMES = {  # PyTorch's names, functional and not
    "all_reduce": "all-reduce",
    "all_gather_into_tensor": "all-gather",
    "_allgather_base_": "all-gather",
    "reduce_scatter_tensor": "reduce-scatter",
    "_reduce_scatter_base_": "reduce-scatter",
}


class Layer(nn.Module):
    """Two halves with a norm each, every one a wide matrix and a narrow one, as attention and MLP have."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.wide1, self.narrow1 = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide2, self.narrow2 = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.narrow1(torch.tanh(self.wide1(self.norm1(x))))
        return x + self.narrow2(torch.relu(self.wide2(self.norm2(x))))


def spread(layers: nn.Sequential, how: str, mesh: DeviceMesh) -> None:
    """Spread the layers over the mesh in place."""
    parts = {"sequence": {"input_layouts": Shard(1)}}.get(how, {})
    sums = {"sequence": {"output_layouts": Shard(1)}}.get(how, {})
    for layer in layers:
        if how == "zero 3":
            fully_shard(layer, mesh=mesh)
            continue
        plan = {"wide1": ColwiseParallel(**parts), "wide2": ColwiseParallel(**parts)}
        plan |= {"narrow1": RowwiseParallel(**sums), "narrow2": RowwiseParallel(**sums)}
        if how == "sequence":
            plan |= {"norm1": SequenceParallel(), "norm2": SequenceParallel()}
        parallelize_module(layer, mesh, plan)
    if how == "zero 3":
        fully_shard(layers, mesh=mesh)  # so that the layers give back their weights after the forward pass


def counted(mode: CommDebugMode) -> dict[str, int]:
    """Return how often each collective was used."""
    counts: dict[str, int] = {}
    for operation, count in mode.get_comm_counts().items():
        name = NAMES[str(operation).split(".")[-1]]
        counts[name] = counts.get(name, 0) + count
    return counts


def main() -> None:
    """Count forward and backward for each way."""
    warnings.filterwarnings("ignore")
    dist.init_process_group("gloo")
    mesh, found = init_device_mesh("cpu", (2,)), {}
    for how in ("tensor", "sequence", "zero 3"):
        torch.manual_seed(0)
        layers = nn.Sequential(*(Layer() for _ in range(LAYERS)))
        spread(layers, how, mesh)
        own = POSITIONS // 2 if how == "sequence" else POSITIONS
        x = torch.randn(TEXTS, own, WIDTH, requires_grad=True)
        with CommDebugMode() as forward:
            output = layers(x)
        with CommDebugMode() as backward:
            output.sum().backward()
        found[how] = {"forward": counted(forward), "backward": counted(backward)}
    if dist.get_rank() == 0:
        print(json.dumps(found))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
