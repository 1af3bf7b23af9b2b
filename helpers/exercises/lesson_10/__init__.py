"""The exercises of lesson 10, the transformer: one module an exercise."""

from helpers.exercises.lesson_10 import count, leak, tie

__all__ = ["EXERCISES"]

EXERCISES = (leak.EXERCISE, count.EXERCISE, tie.EXERCISE)
