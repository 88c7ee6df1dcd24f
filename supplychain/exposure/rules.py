"""The words of looking up the chain."""

from enum import StrEnum


class Note(StrEnum):
    """What to know before a figure is believed."""

    GROUP_BUYS_ALIKE = "group_buys_alike"
    SHARES_ABOVE_ONE = "shares_above_one"
    GREEDY_GUARANTEE = "greedy_guarantee"
