"""Embedded texts and models, each beside the recipe that made it."""
