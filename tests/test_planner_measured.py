"""Measuring a device: the figures that its estimate is made of."""

from __future__ import annotations

import time

import pytest
import torch

from helpers import planner
from helpers.planner import Model, Plan
from helpers.planner.measured import number_type, seconds_of


def test_a_measured_cpu_is_a_device_that_the_planner_takes():
    machine = planner.measure("cpu", wide=128, numbers=2**16)
    assert machine.name == "this machine's cpu"
    assert 1e8 < machine.matmul_flops < 1e14 and 1e8 < machine.memory_bandwidth < 1e13
    assert machine.matmul_efficiency == 1.0
    assert "128 × 128" in machine.source and "65,536" in machine.source
    one = planner.estimate(Model(2, 64, 2, vocab=100), machine, Plan(2, 16))
    assert one.step_seconds > 0


def test_the_seconds_are_those_of_the_work_and_its_first_run_is_not_counted():
    calls = []

    def work():
        calls.append(1)
        time.sleep(0.2 if len(calls) == 1 else 0.01)

    assert 0.01 <= seconds_of(work, repeats=3) < 0.1
    assert len(calls) == 4


def test_a_cpu_computes_in_float32_and_a_gpu_in_sixteen_bits():
    assert number_type("cpu") is torch.float32
    assert number_type("cuda") is torch.bfloat16


@pytest.mark.parametrize("sizes", [{"wide": 0}, {"numbers": -1}])
def test_sizes_that_measure_nothing_are_refused(sizes):
    with pytest.raises(ValueError, match="at least 1, got wide="):
        planner.measure("cpu", **sizes)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_is_measured_too():
    machine = planner.measure("cuda", wide=1_024, numbers=2**20)
    assert machine.matmul_flops > 1e12 and machine.memory_bytes > 1e9
