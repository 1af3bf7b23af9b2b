"""Simulate training on many GPUs: what a model costs, and how a pipeline spends its time and memory.

A schedule is data, `planner.simulate` gives each operation its time, and pictures, memory and waiting time
are read off the events:

    ops = planner.schedule("1f1b", stages=4, micro_batches=8)
    events = planner.simulate(ops, forward=1.0, backward=1.0, weight=1.0)
    planner.bubble_rate(events)  # 0.2727
    planner.gantt(events)

`planner.estimate(model, hardware, plan)` predicts a whole training step, between `at_least` and `at_most`.
It has one calibrated number for each GPU type, and is held against published runs, those of `planner.cases`.
`planner.search` finds the quickest plans that fit, and `planner.measure` makes a `Hardware` of this machine.
"""

from helpers.planner.candidates import Found, search
from helpers.planner.costs import PARTS
from helpers.planner.estimates import Estimate, Plan, at_least, at_most, estimate
from helpers.planner.footprint import activation_bytes, state_bytes
from helpers.planner.machines import HARDWARE, Hardware, hardware
from helpers.planner.measured import measure
from helpers.planner.memory import memory_trace, peak_memory
from helpers.planner.messages import Message, messages
from helpers.planner.model import MODELS, Model
from helpers.planner.pictures import draw_gantt, draw_memory, draw_splits, gantt, splits
from helpers.planner.pipeline import Event, bubble_rate, check, simulate, step_time
from helpers.planner.published import Case, cases
from helpers.planner.schedules import SCHEDULES, Operation, ScheduleError, schedule

__all__ = [
    "HARDWARE",
    "MODELS",
    "PARTS",
    "SCHEDULES",
    "Case",
    "Estimate",
    "Event",
    "Found",
    "Hardware",
    "Message",
    "Model",
    "Operation",
    "Plan",
    "ScheduleError",
    "activation_bytes",
    "at_least",
    "at_most",
    "bubble_rate",
    "cases",
    "check",
    "draw_gantt",
    "draw_memory",
    "draw_splits",
    "estimate",
    "gantt",
    "hardware",
    "measure",
    "memory_trace",
    "messages",
    "peak_memory",
    "schedule",
    "search",
    "simulate",
    "splits",
    "state_bytes",
    "step_time",
]
