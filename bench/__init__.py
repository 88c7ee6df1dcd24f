"""Measurements against real alternatives in the same run; ``make bench`` prints the ratios."""
