"""The exercises of lesson 09, attention: one module an exercise."""

from helpers.exercises.lesson_09 import cost, heads, padding, scale

__all__ = ["EXERCISES"]

EXERCISES = (scale.EXERCISE, padding.EXERCISE, heads.EXERCISE, cost.EXERCISE)
