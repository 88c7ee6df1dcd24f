"""Merges and splits: two entries that are one company, and what was wrongly taken for one, as reversible facts."""
