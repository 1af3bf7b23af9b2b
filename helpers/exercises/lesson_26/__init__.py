"""The exercises of lesson 26, model parallelism: one module an exercise."""

from helpers.exercises.lesson_26 import allreduces, bubble, inflight, schedule

__all__ = ["EXERCISES"]

EXERCISES = (allreduces.EXERCISE, bubble.EXERCISE, inflight.EXERCISE, schedule.EXERCISE)
