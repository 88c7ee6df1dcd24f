"""A standing cascade as arrays by name and what JSON can hold, and back."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from graph.bulk.demand import Walk
from graph.bulk.slots import Base, More, Slots
from graph.bulk.standing import About, Standing


def arrays_of(standing: Standing) -> dict[str, NDArray[Any]]:
    """Its arrays by name; not copied."""
    base, more = standing.slots
    return {
        **{f"base-{name}": array for name, array in base._asdict().items()},
        **{f"more-{name}": array for name, array in more._asdict().items()},
        "place": standing.place,
        "tiers": standing.tiers,
    }


def about(standing: Standing) -> dict[str, Any]:
    """What of it is no array."""
    return {
        "size": standing.size,
        "links": standing.links,
        "codes": standing.codes,
        "prefixes": standing.prefixes,
        "ways": standing.ways,
        "depths": standing.depths,
    }


def standing_of(arrays: Mapping[str, NDArray[Any]], said: Mapping[str, Any]) -> Standing:
    """The cascade again; its changes are made in these arrays."""
    slots = Slots(
        Base(**{name: arrays[f"base-{name}"] for name in Base._fields}),
        More(**{name: arrays[f"more-{name}"] for name in More._fields}),
    )
    ways = [None if way is None else _way(*way) for way in said["ways"]]
    told = About(said["size"], said["links"], said["codes"], said["prefixes"], ways, said["depths"])
    return Standing(slots, arrays["place"], arrays["tiers"], told)


def _way(group: list[int], hs: list[str], first_only: bool, countries: list[str], sectors: list[str]) -> Walk:  # noqa: FBT001
    return Walk(tuple(group), tuple(hs), first_only, tuple(countries), tuple(sectors))
