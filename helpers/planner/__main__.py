"""Print the quickest plans: ``python -m helpers.planner --model llama-3-70b --gpus 512 --batch 1024``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table

from helpers.planner.candidates import Found, search
from helpers.planner.machines import HARDWARE, hardware
from helpers.planner.model import MODELS

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Search, print a table or JSON, and return 0; 1 if no plan fits, 2 if the numbers do not divide."""
    options = _parser().parse_args(arguments)
    model, device = MODELS[options.model], hardware(options.hardware)
    try:
        found = search(
            model,
            device,
            gpus=options.gpus,
            global_batch=options.batch,
            sequence=options.sequence,
            top=options.top,
            flash=not options.no_flash,
            progress=not options.json and sys.stderr.isatty(),
        )
    except ValueError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(_as_data(found), indent=1))
    else:
        batch = f"{options.batch} × {options.sequence}"
        title = f"{options.model} on {options.gpus} × {device.name}, a step of {batch} tokens"
        if found.best:
            Console(width=None if sys.stdout.isatty() else 100).print(_table(found, title))
        else:
            print(f"{title}\nno plan fits: take more devices, or devices with more memory")
        for reason, count in sorted(found.rejected.items(), key=lambda item: -item[1]):
            print(f"rejected: {count:,} × {reason}")
    return 0 if found.best else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.planner", description="Find the quickest training plans."
    )
    parser.add_argument("--model", choices=list(MODELS), required=True)
    parser.add_argument("--gpus", type=int, required=True, help="how many devices")
    parser.add_argument("--batch", type=int, required=True, help="texts of a step")
    parser.add_argument("--sequence", type=int, default=4_096, help="positions of a text (4096)")
    parser.add_argument("--hardware", choices=list(HARDWARE), default="H100-80GB")
    parser.add_argument("--top", type=int, default=10, help="how many plans (10)")
    parser.add_argument("--no-flash", action="store_true", help="attention that stores its scores")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    return parser


def _table(found: Found, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in (
        "seconds",
        "MFU",
        "bubble",
        "GB",
        "TP",
        "PP",
        "DP",
        "micro",
        "schedule",
        "ZeRO",
        "recompute",
    ):
        table.add_column(name, justify="left" if name in ("schedule", "recompute") else "right", no_wrap=True)
    for plan, one in found.best:
        kind = f"{plan.schedule} × {plan.virtual_stages}" if plan.virtual_stages > 1 else plan.schedule
        table.add_row(
            f"{one.step_seconds:#.3g}".rstrip("."),
            f"{one.mfu:.1%}",
            f"{one.bubble:.1%}",
            f"{one.peak_bytes / 1e9:.0f}",
            *(str(size) for size in (plan.tensor, plan.pipeline, plan.data, plan.micro_batch)),
            kind if plan.pipeline > 1 else "",
            str(plan.zero),
            plan.recompute,
        )
    return table


def _as_data(found: Found) -> dict:
    best = [{"plan": asdict(plan), "estimate": asdict(one)} for plan, one in found.best]
    return {"best": best, "tried": found.tried, "rejected": found.rejected}


if __name__ == "__main__":
    sys.exit(main())
