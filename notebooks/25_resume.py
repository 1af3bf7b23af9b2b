"""Train a small network on several processes, and survive the death of one of them.

    torchrun --standalone --nproc-per-node=2 --max-restarts=3 25_resume.py FOLDER --die-at 10

It learns to guess the next character of this very file from the eight before it. FOLDER keeps the checkpoint
and a log. With `--die-at S`, rank 1 ends itself before step S, once. torchrun then stops the other ranks and
starts all of them again; they go on from the checkpoint. Gradients are averaged and momentum is kept by hand,
because importing DDP and AdamW takes longer than the whole training. What a checkpoint needs is the same.
"""

import argparse
import os
import signal
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

TEXT = torch.tensor(list(Path(__file__).read_bytes()))
SEEN, EXAMPLES = 8, 64  # characters that are seen; examples in a batch, all ranks together


def batch(step: int) -> tuple[Tensor, Tensor]:
    """Draw the batch of a step: the same on every rank, and the same after a restart."""
    draws = torch.Generator().manual_seed(step)
    start = torch.randint(len(TEXT) - SEEN, (EXAMPLES,), generator=draws)
    windows = TEXT[start[:, None] + torch.arange(SEEN + 1)]
    return windows[:, :-1], windows[:, -1]


def save(path: Path, **state: object) -> None:
    """Write a checkpoint so that whoever reads finds the old one or the new one, never half of one."""
    torch.save(state, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def die_once(note: Path) -> None:
    """End this process as a power cut would, unless the note says that it was done before."""
    if not note.exists():
        note.touch()
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def train(folder: Path, device: str, steps: int = 12, every: int = 4, die_at: int = -1) -> None:
    """Train in the running group, from the checkpoint if there is one; rank 0 saves and logs."""
    rank, size = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(25)
    layers = [nn.Embedding(256, 16), nn.Flatten(), nn.Linear(16 * SEEN, 64), nn.GELU(), nn.Linear(64, 256)]
    model = nn.Sequential(*layers).to(device)
    momentum = [torch.zeros_like(weight) for weight in model.parameters()]

    first, checkpoint = 0, folder / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        first, momentum = state["step"], state["momentum"]
        model.load_state_dict(state["model"])

    for step in range(first, steps):
        if step == die_at and rank == 1:
            die_once(folder / "died")
        seen, following = (part.chunk(size)[rank].to(device) for part in batch(step))
        loss = nn.functional.cross_entropy(model(seen), following)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for weight, past in zip(model.parameters(), momentum, strict=True):
                dist.all_reduce(weight.grad)
                past.mul_(0.9).add_(weight.grad / size)
                weight -= 0.1 * past
        dist.all_reduce(loss.detach_())
        if rank == 0:
            with (folder / "log.txt").open("a", encoding="utf-8") as log:
                log.write(f"{step} {loss.item() / size:.9f}\n")
            if (step + 1) % every == 0:
                save(checkpoint, step=step + 1, model=model.state_dict(), momentum=momentum)


def main() -> None:
    """Read the command, join the group that torchrun made, and train."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--die-at", type=int, default=-1)
    options = parser.parse_args()
    attempt, here = os.environ["TORCHELASTIC_RESTART_COUNT"], int(os.environ["LOCAL_RANK"])
    on_gpus = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    if on_gpus:
        torch.cuda.set_device(here)

    # torchrun's store outlives a restart, with the addresses of the dead in it (PyTorch issue 135712): so
    # meet under a name of this attempt. On several hosts set TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 instead.
    store = dist.TCPStore(os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]), is_master=False)
    store = dist.PrefixStore(f"attempt {attempt}", store)
    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    dist.init_process_group("nccl" if on_gpus else "gloo", store=store, rank=rank, world_size=size)
    train(options.folder, f"cuda:{here}" if on_gpus else "cpu", die_at=options.die_at)
    dist.barrier()  # nobody hangs up while another still talks
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
