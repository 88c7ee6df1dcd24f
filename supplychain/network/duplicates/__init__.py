"""Likely duplicates among one sender's records: found, scored, decided, learned from."""
