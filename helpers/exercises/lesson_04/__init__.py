"""The exercises of lesson 04, byte-pair encoding: one module an exercise."""

from helpers.exercises.lesson_04 import budget, decode, encode, merge

__all__ = ["EXERCISES"]

EXERCISES = (merge.EXERCISE, encode.EXERCISE, decode.EXERCISE, budget.EXERCISE)
