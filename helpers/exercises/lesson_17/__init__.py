"""The exercises of lesson 17, rank and singular values: one module an exercise."""

from helpers.exercises.lesson_17 import energy, factors, noise, storage

__all__ = ["EXERCISES"]

EXERCISES = (noise.EXERCISE, factors.EXERCISE, energy.EXERCISE, storage.EXERCISE)
