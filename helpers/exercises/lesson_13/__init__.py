"""The exercises of lesson 13, decoding: one module an exercise."""

from helpers.exercises.lesson_13 import accept, beam, nucleus, zero

__all__ = ["EXERCISES"]

EXERCISES = (zero.EXERCISE, nucleus.EXERCISE, beam.EXERCISE, accept.EXERCISE)
