"""Maintainers' verbs, called by the Makefile: run one with ``python -m tools.NAME``."""
