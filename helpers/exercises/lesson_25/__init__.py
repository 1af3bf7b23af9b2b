"""The exercises of lesson 25, data parallelism: one module an exercise."""

from helpers.exercises.lesson_25 import chunks, mean, wire, zero

__all__ = ["EXERCISES"]

EXERCISES = (mean.EXERCISE, chunks.EXERCISE, zero.EXERCISE, wire.EXERCISE)
