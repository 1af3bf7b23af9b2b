"""Fine-tune the embedded model to a sailor's stories in several ways: `python -m assets.recipes.fine_tuning`.

Low-rank adapters of five ranks, all weights, and the biases alone (BitFit) see the same texts in the same
order. Every way is tried at three learning rates, each falling to zero in a straight line. Which of them is
best is for the reader to choose, on the validation texts; `loss` is measured on others.
"""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from assets.recipes.training import read_log, write_log
from assets.storyworld import retell, stream

__all__ = ["FINE_TUNING", "FULL", "Run", "Texts", "build_record", "prepare", "rows", "run", "runs"]

ASSETS = Path(__file__).resolve().parents[1]
FINE_TUNING = ASSETS / "fine_tuning.csv"
FULL = 192  # the width of the embedded model: its matrices cannot have a higher rank
TARGETS = {0: ["c_attn", "c_proj", "c_fc"], 1: ["c_attn"]}  # all matrices of a block, or attention's first
RATES = {
    **dict.fromkeys((1, 2), (1e-2, 3e-2, 1e-1)),
    **dict.fromkeys((4, 8, 16), (3e-3, 1e-2, 3e-2)),
    FULL: (1e-3, 3e-3, 1e-2),
    0: (1e-2, 3e-2, 1e-1),
}  # the best of each lies in the middle, or the record would not be fair
FEW = 32  # texts of the runs that are to overfit
WIDTH = 129  # tokens of a row; the last is only predicted
BATCH = 8
CHECKS = (0, 5, 10, 20, 40, 80, 120, 160)
SEEDS = {"train": 1801, "valid": 1802, "test": 1803}


@dataclass(frozen=True)
class Run:
    """One way to fine-tune: `rank` 0 trains the biases, `FULL` all weights, others an adapter."""

    rank: int
    lr: float
    attention: int = 0  # 1 adapts attention's first matrix only
    layers: int = 4  # how many layers, from the top, get adapters
    texts: int = 0  # how many rows of texts there are to train on; 0: always new ones

    @property
    def name(self) -> str:
        """A name for a file."""
        return f"r{self.rank}_lr{self.lr:g}_a{self.attention}_l{self.layers}_t{self.texts}"


@dataclass(frozen=True)
class Texts:
    """Rows of token ids: the sailor's to train on, to choose by and to test on, and plain stories."""

    train: Tensor
    valid: Tensor
    test: Tensor
    old: Tensor


def runs() -> Iterator[Run]:
    """Yield all runs of the record."""
    for rank, rates in RATES.items():
        yield from (Run(rank, lr) for lr in rates)
    yield from (Run(16, lr, attention=1) for lr in RATES[16])
    yield from (Run(8, 1e-2, layers=layers, texts=FEW) for layers in (1, 2, 4))


def rows(tokenizer: PreTrainedTokenizerBase, count: int, seed: int, teller: str | None) -> Tensor:
    """Return the first `count` rows of stories, joined by end tokens: (count, WIDTH)."""
    ids: list[int] = []
    for text in stream(seed, ["story"]):
        story = retell(text.text, teller) if teller else text.text
        ids += [*tokenizer.backend_tokenizer.encode(story).ids, tokenizer.eos_token_id]
        if len(ids) >= count * WIDTH:
            return torch.tensor(ids[: count * WIDTH]).view(count, WIDTH)
    raise AssertionError("the stream of texts has no end")


def prepare(base: nn.Module, one: Run) -> nn.Module:
    """Return a copy of the model in which only what the run trains is trainable."""
    model = copy.deepcopy(base).train()
    if one.rank in (0, FULL):
        for name, weight in model.named_parameters():
            weight.requires_grad_(one.rank == FULL or name.endswith(".bias"))
        return model
    torch.manual_seed(one.rank)
    chosen = list(range(model.config.n_layer))[-one.layers :]
    shape = {"target_modules": TARGETS[one.attention], "layers_to_transform": chosen, "fan_in_fan_out": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return get_peft_model(model, LoraConfig(r=one.rank, lora_alpha=2 * one.rank, **shape))


def run(one: Run, base: nn.Module, texts: Texts) -> list[dict[str, float]]:
    """Return the course of one run: a row for each check."""
    model, start = prepare(base, one), time.process_time()
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=one.lr, weight_decay=0.0)
    table = texts.train[: one.texts] if one.texts else texts.train
    fixed = {"rank": one.rank, "attention": one.attention, "layers": one.layers, "texts": one.texts}
    fixed |= {"parameters": sum(weight.numel() for weight in trained), "lr": one.lr}
    log = []
    for step in range(CHECKS[-1] + 1):
        if step in CHECKS:
            row = {**fixed, "step": step, "train_loss": _loss(model, table[:FEW])}
            row |= {"valid_loss": _loss(model, texts.valid), "loss": _loss(model, texts.test)}
            row |= {"old_loss": _loss(model, texts.old)}
            log.append({**row, "cpu_minutes": (time.process_time() - start) / 60})
        if step < CHECKS[-1]:
            at = BATCH * step % len(table)
            optimizer.param_groups[0]["lr"] = one.lr * (1 - step / CHECKS[-1])
            optimizer.zero_grad()
            _mean_loss(model, table[at : at + BATCH]).backward()
            optimizer.step()
    return log


def _mean_loss(model: nn.Module, ids: Tensor) -> Tensor:
    logits = model(input_ids=ids[:, :-1]).logits
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


@torch.no_grad()
def _loss(model: nn.Module, ids: Tensor) -> float:
    return sum(_mean_loss(model, part).item() * len(part) for part in ids.split(16)) / len(ids)


def load() -> tuple[nn.Module, Texts]:
    """Return the embedded model and the texts of the record."""
    torch.set_num_threads(1)
    folder = ASSETS / "models" / "story"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    train = rows(tokenizer, CHECKS[-1] * BATCH, SEEDS["train"], "sailor")
    valid, test = (rows(tokenizer, 32, SEEDS[part], "sailor") for part in ("valid", "test"))
    return model, Texts(train, valid, test, rows(tokenizer, 32, SEEDS["test"], None))


def build_record(build: Path, path: Path) -> None:
    """Make the runs that `build` does not hold yet, and write them all to `path`."""
    base, texts = load()
    build.mkdir(parents=True, exist_ok=True)
    for one in runs():
        if not (build / f"{one.name}.csv").exists():
            write_log(run(one, base, texts), build / f"{one.name}.csv")
    whole = ("rank", "attention", "layers", "texts", "parameters", "step")
    log = [row for one in runs() for row in read_log(build / f"{one.name}.csv")]
    write_log([row | {key: int(row[key]) for key in whole} for row in log], path)


def main() -> None:
    """Make the record."""
    build_record(ASSETS.parent / "build" / "fine_tuning", FINE_TUNING)


if __name__ == "__main__":
    main()
