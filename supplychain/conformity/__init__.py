"""Levels, statuses and flags: a pure function of the facts on a day, kept where people look."""
