"""The exercises of lesson 19, quantisation: one module an exercise."""

from helpers.exercises.lesson_19 import affine, bits, mask, nf4

__all__ = ["EXERCISES"]

EXERCISES = (affine.EXERCISE, mask.EXERCISE, nf4.EXERCISE, bits.EXERCISE)
