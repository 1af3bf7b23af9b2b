"""Simulate training on many GPUs: what a model costs, and how a pipeline spends its time and memory.

A schedule is data, `planner.simulate` gives each operation its time, and pictures, memory and waiting time
are read off the events:

    ops = planner.schedule("1f1b", stages=4, micro_batches=8)
    events = planner.simulate(ops, forward=1.0, backward=1.0, weight=1.0)
    planner.bubble_rate(events)  # 0.2727
    planner.gantt(events)
"""

from helpers.planner.footprint import activation_bytes, state_bytes
from helpers.planner.memory import memory_trace, peak_memory
from helpers.planner.model import Model
from helpers.planner.pictures import draw_gantt, draw_memory, gantt
from helpers.planner.pipeline import Event, bubble_rate, check, simulate, step_time
from helpers.planner.schedules import SCHEDULES, Operation, ScheduleError, schedule

__all__ = [
    "SCHEDULES",
    "Event",
    "Model",
    "Operation",
    "ScheduleError",
    "activation_bytes",
    "bubble_rate",
    "check",
    "draw_gantt",
    "draw_memory",
    "gantt",
    "memory_trace",
    "peak_memory",
    "schedule",
    "simulate",
    "state_bytes",
    "step_time",
]
