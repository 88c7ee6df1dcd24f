"""Statements: where a supplier or a brand's chain stood on a day, on paper, and checked by whoever holds the paper."""
