"""Published training runs as models and plans, to hold estimates against: the rows of `assets/published`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.planner.estimates import Plan, estimate
from helpers.planner.machines import Hardware, hardware
from helpers.planner.model import Model

__all__ = ["Case", "cases"]


@dataclass(frozen=True)
class Case:
    """A published run; `rate` is in operations a second for each device, recomputed ones included."""

    name: str
    model: Model
    hardware: Hardware
    plan: Plan
    rate: float

    @property
    def seconds(self) -> float:
        """Of a step, as published."""
        plan = self.plan
        flops = self.model.flops(plan.global_batch * plan.sequence, plan.sequence, plan.recompute)
        return flops / self.rate / plan.devices


def cases(table: str) -> list[Case]:
    """Return the runs of a published table.

    Args:
        table: "megatron_2021_table1" or "megatron_2021_table2" (Narayanan et al., 2021, arXiv:2104.04473),
            "korthikanti_2022_table5" (arXiv:2205.05198) or "megatron_core_2024_h100" (Megatron-Core r0.8).
            The last gives no micro-batch and virtual stages: those that the planner finds quickest are taken.
            Table 2 gives no virtual stages: one is taken.

    Raises:
        ValueError: if the table is none of these.
    """
    from helpers import records

    if table not in _READERS:
        raise ValueError(f"runs are published in {', '.join(_READERS)}; got {table!r}")
    return [case for row in records.published(table) for case in _READERS[table](row)]


def _table1(row: dict) -> Iterator[Case]:
    plan = _plan(row, recompute="full")
    yield Case(
        f"{row['billions']:g} B", _model(row), hardware("A100-80GB"), plan, row["tflops_per_gpu"] * 1e12
    )


def _table2(row: dict) -> Iterator[Case]:
    zero = {"zero": 3, "overlap_data": True} if row["scheme"] == "ZeRO-3" else {}
    name = f"{row['scheme']}, {row['billions']:.0f} B on {row['gpus']:,}"
    plan = _plan(row, recompute="full", **zero)
    yield Case(name, _model(row), hardware("A100-80GB"), plan, row["tflops_per_gpu"] * 1e12)


def _table5(row: dict) -> Iterator[Case]:
    model = _model(row)
    for kind, parallel in (("full", False), ("selective", True)):
        plan = _plan(row, recompute=kind, sequence_parallel=parallel)
        flops = model.flops(plan.global_batch * plan.sequence, plan.sequence, kind)
        rate = flops / row[f"{kind}_seconds"] / plan.devices
        yield Case(f"{row['billions']:g} B, {kind}", model, hardware("A100-80GB"), plan, rate)


def _h100(row: dict) -> Iterator[Case]:
    model, device = _model(row), hardware("H100-80GB")
    options = {"zero": 1, "sequence_parallel": row["tensor"] > 1, "overlap_data": True, "flash": True}
    possible = []
    for micro_batch in (1, 2, 4):
        for virtual in range(1, model.layers // row["pipeline"] + 1 if row["pipeline"] > 1 else 2):
            sizes = {"micro_batch": micro_batch, "virtual_stages": virtual}
            plan = _plan(row | sizes, sequence=4_096, **options)
            try:
                one = estimate(model, device, plan)
            except ValueError:
                continue  # does not divide
            if one.fits:
                possible.append((one.step_seconds, micro_batch, virtual, plan))
    yield Case(f"{row['billions']:g} B", model, device, min(possible)[-1], row["mfu"] * device.matmul_flops)


def _model(row: dict) -> Model:
    return Model(row["layers"], row["hidden"], row["heads"], vocab=51_200, positions=2_048)


def _plan(row: dict, sequence: int = 2_048, **options) -> Plan:
    sizes = ("global_batch", "tensor", "pipeline", "data", "micro_batch")
    virtual = row.get("virtual_stages", 1)
    kind = "interleaved" if virtual > 1 else "1f1b"
    named = {name: row[name] for name in sizes}
    return Plan(sequence=sequence, virtual_stages=virtual, schedule=kind, **named, **options)


_READERS = {
    "megatron_2021_table1": _table1,
    "megatron_2021_table2": _table2,
    "korthikanti_2022_table5": _table5,
    "megatron_core_2024_h100": _h100,
}
