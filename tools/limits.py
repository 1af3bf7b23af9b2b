"""What one lesson may take: the numbers that the tools measure against and the tests hold."""

__all__ = ["BYTES", "MEMORY_BYTES", "RELATIVE_TOLERANCE", "SECONDS"]

SECONDS = 60.0
MEMORY_BYTES = 1_500_000_000
BYTES = 1_000_000
RELATIVE_TOLERANCE = 1e-3
