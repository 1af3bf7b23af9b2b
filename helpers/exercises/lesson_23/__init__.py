"""The exercises of lesson 23, answering from documents: one module an exercise."""

from helpers.exercises.lesson_23 import faithful, filter, overlap, ranks

__all__ = ["EXERCISES"]

EXERCISES = (ranks.EXERCISE, overlap.EXERCISE, filter.EXERCISE, faithful.EXERCISE)
