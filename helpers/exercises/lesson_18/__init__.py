"""The exercises of lesson 18, low-rank adaptation: one module an exercise."""

from helpers.exercises.lesson_18 import count, merge, pays, stall

__all__ = ["EXERCISES"]

EXERCISES = (stall.EXERCISE, count.EXERCISE, pays.EXERCISE, merge.EXERCISE)
