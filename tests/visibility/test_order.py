"""In which order others recorded their facts shows nowhere (domain rules: filters, sorts, search and cursors)."""

from tests.visibility.answers import Worlds
from tests.visibility.story import READERS, Twist


def test_nobody_can_tell_in_which_order_others_recorded_their_facts(worlds: Worlds) -> None:
    worlds.alike(*READERS, twist=Twist(backwards=True))


def test_no_guest_of_an_event_can_tell_who_registered_first(worlds: Worlds) -> None:
    worlds.alike("star", "brand", twist=Twist(guests_backwards=True))
