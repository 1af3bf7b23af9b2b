"""What `make bench` measures, one module a lesson with a tuple `ROWS`, and what it measured last."""
