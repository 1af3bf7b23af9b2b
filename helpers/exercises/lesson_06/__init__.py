"""The exercises of lesson 06, word vectors: one module an exercise."""

from helpers.exercises.lesson_06 import gradient, ppmi, ratio, relabel

__all__ = ["EXERCISES"]

EXERCISES = (relabel.EXERCISE, gradient.EXERCISE, ppmi.EXERCISE, ratio.EXERCISE)
