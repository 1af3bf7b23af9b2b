"""The exercises of lesson 05, subword tokenizers: one module an exercise."""

from helpers.exercises.lesson_05 import gain, longest, survives, viterbi

__all__ = ["EXERCISES"]

EXERCISES = (gain.EXERCISE, longest.EXERCISE, viterbi.EXERCISE, survives.EXERCISE)
