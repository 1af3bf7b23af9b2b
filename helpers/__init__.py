"""The thin package that the lessons import: everything that is not the lesson itself.

Import the module you need (`from helpers import figures`); importing the package has no effect.
"""
