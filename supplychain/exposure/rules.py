"""The words of looking up the chain."""

from enum import StrEnum


class Note(StrEnum):
    """What to know before a figure is believed."""

    SHARES_ABOVE_ONE = "shares_above_one"
    GREEDY_GUARANTEE = "greedy_guarantee"
