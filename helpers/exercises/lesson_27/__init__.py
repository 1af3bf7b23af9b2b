"""The exercises of lesson 27, the planner: one module an exercise."""

from helpers.exercises.lesson_27 import days, plan, row

__all__ = ["EXERCISES"]

EXERCISES = (days.EXERCISE, row.EXERCISE, plan.EXERCISE)
