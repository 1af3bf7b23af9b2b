"""The recipes that made the embedded tokenizer and models: `python -m assets.recipes` runs them all."""
