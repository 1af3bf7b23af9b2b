"""The exercises of lesson 22, retrieval: one module an exercise."""

from helpers.exercises.lesson_22 import alpha, bm25, rrf, sphere

__all__ = ["EXERCISES"]

EXERCISES = (bm25.EXERCISE, sphere.EXERCISE, rrf.EXERCISE, alpha.EXERCISE)
