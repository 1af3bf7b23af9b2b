"""The exercises of lesson 15, numbers and memory: one module an exercise."""

from helpers.exercises.lesson_15 import bias, ledger, scale, update

__all__ = ["EXERCISES"]

EXERCISES = (bias.EXERCISE, update.EXERCISE, scale.EXERCISE, ledger.EXERCISE)
