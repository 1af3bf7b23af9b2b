"""Simulate training on many GPUs: the pipeline's schedule, time and memory, all from one list of events.

A schedule is data, `planner.simulate` gives each operation its time, and pictures, memory and waiting time
are read off the events:

    ops = planner.schedule("1f1b", stages=4, micro_batches=8)
    events = planner.simulate(ops, forward=1.0, backward=1.0, weight=1.0)
    planner.bubble_rate(events)  # 0.2727
    planner.gantt(events)
"""

from helpers.planner.memory import memory_trace, peak_memory
from helpers.planner.pictures import draw_gantt, draw_memory, gantt
from helpers.planner.pipeline import Event, bubble_rate, check, simulate, step_time
from helpers.planner.schedules import SCHEDULES, Operation, ScheduleError, schedule

__all__ = [
    "SCHEDULES",
    "Event",
    "Operation",
    "ScheduleError",
    "bubble_rate",
    "check",
    "draw_gantt",
    "draw_memory",
    "gantt",
    "memory_trace",
    "peak_memory",
    "schedule",
    "simulate",
    "step_time",
]
