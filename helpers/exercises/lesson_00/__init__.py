"""The exercise of lesson 00."""

from helpers.exercises.lesson_00 import first

__all__ = ["EXERCISES"]

EXERCISES = (first.EXERCISE,)
