"""Storyworld: a grammar that writes short English texts and knows the exact probability of each."""

from assets.storyworld.mixture import KINDS, WEIGHTS, Text, stream, write
from assets.storyworld.tellers import TELLERS, retell

__all__ = ["KINDS", "TELLERS", "WEIGHTS", "Text", "retell", "stream", "write"]
