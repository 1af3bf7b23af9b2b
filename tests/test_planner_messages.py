"""The messages of a plan, beside what PyTorch counts on two real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import planner
from helpers.planner import Message, Model, Plan

SCRIPT = Path(__file__).parent / "processes" / "count_messages.py"
SMALL = Model(layers=3, hidden=8, heads=2, vocab=16)
PLANS = {
    "tensor": Plan(2, 4, tensor=2, micro_batch=2),
    "sequence": Plan(2, 4, tensor=2, micro_batch=2, sequence_parallel=True),
    "zero 3": Plan(4, 4, data=2, micro_batch=2, zero=3),
}


@pytest.fixture(scope="module")
def counted() -> dict[str, dict[str, dict[str, int]]]:
    """Way → pass → collective → how often, as PyTorch's own counter saw it on two processes."""
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node=2",
        str(SCRIPT),
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(
    sys.platform == "win32", reason="torch.distributed.run wants libuv, which Windows builds lack"
)
@pytest.mark.parametrize("how", PLANS)
def test_counts_are_those_of_a_real_run(how, counted):
    listed = {}
    for message in planner.messages(SMALL, PLANS[how]):
        listed.setdefault(message.where, {})[message.operation] = message.count
    assert listed == counted[how]


def test_a_large_plan_by_hand():
    model = Model(8, 512, 8, vocab=1_000)
    plan = Plan(16, 128, tensor=2, pipeline=4, data=2, micro_batch=2, zero=1, recompute="full")
    tokens, layer = 256, 2 * model.parameters_of_a_layer / 2
    assert planner.messages(model, plan) == [
        Message("all-reduce", "tensor", 2 * tokens * 512, 2 * 2 * 4, "forward"),
        Message("all-reduce", "tensor", 2 * tokens * 512, 2 * 2 * 4, "backward"),
        Message("all-reduce", "tensor", 2 * tokens * 512, 2 * 2 * 4, "recomputation"),
        Message("send", "pipeline", tokens * 512, 4, "forward"),
        Message("send", "pipeline", tokens * 512, 4, "backward"),
        Message("reduce-scatter", "data", 2 * layer, 1, "end"),
        Message("all-gather", "data", 2 * layer, 1, "end"),
    ]
    assert planner.messages(model, Plan(16, 128)) == []


def test_a_plan_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="layers=3 is not divisible by pipeline=2"):
        planner.messages(SMALL, Plan(4, 4, pipeline=2))
