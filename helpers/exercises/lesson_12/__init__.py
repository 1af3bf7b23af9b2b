"""The exercises of lesson 12, pretraining: one module an exercise."""

from helpers.exercises.lesson_12 import batch, budget, floor, perplexity

__all__ = ["EXERCISES"]

EXERCISES = (perplexity.EXERCISE, batch.EXERCISE, budget.EXERCISE, floor.EXERCISE)
