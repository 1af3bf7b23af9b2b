"""Storyworld: a grammar that writes short English texts and knows the exact probability of each."""

from assets.storyworld.mixture import KINDS, WEIGHTS, Text, stream, write

__all__ = ["KINDS", "WEIGHTS", "Text", "stream", "write"]
