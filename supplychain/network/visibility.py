"""Who may see whom: the one accessor every feature asks (domain rules: what may be seen by whom).

Position in the network is the right to see. Confirmed links open sight, claimed ones do not; what a reader
cannot see is the same to it as what does not exist.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from itertools import filterfalse
from types import MappingProxyType
from typing import Final, NamedTuple

from sqlalchemy import select

from graph.cascade import Lens, Reach, reach
from graph.held import Held
from graph.memory import Line, Moves
from graph.network import Network, Requirement, state_on
from graph.sight import RowKind, sight
from graph.terms import Beyond, LinkState
from graph.told import told
from graph.versions import Version
from supplychain.crypto import fingerprint
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.continents import continent_of
from supplychain.network.models import Organization
from supplychain.work import Work

PSEUDONYM_PREFIX = "psn_"
CROWD = 5
"""So many organizations must share country and sector before a pseudonym shows its country."""
_FEW: Final = 4_000
"""So many in sight are listed, once a revision, to find some of them; of more, these are looked at alone."""
Named = frozenset({RowKind.IDENTITY, RowKind.AWAITING, RowKind.PRIVATE})


class Seen(NamedTuple):
    """One organization as a reader sees it.

    id: its public id, or the reader's own pseudonym for it. tier: over links at least that open.
    """

    id: str
    organization: int
    kind: RowKind
    tier: int

    @property
    def opens_conformity(self) -> bool:
        """Whether the reader may see levels and statuses of it."""
        return self.kind is RowKind.IDENTITY or self.kind is RowKind.PSEUDONYM  # a set would hash: lists ask very often


Names = Mapping[int, Seen]
"""Organizations as a reader lists them, by number."""


def pseudonym(work: Work, reader: int, organization: str) -> str:
    """The name of an organization, given by public id, for one reader only: HMAC(secret, reader, organization)."""
    secret = work.runtime.settings.secret
    return PSEUDONYM_PREFIX + fingerprint(secret, "pseudonym", reader, organization)


def display_id(work: Work, reader: int, organization: int, kind: RowKind) -> str:
    """What stands for an organization in a reader's answers."""
    return displaying(work, reader)(organization, kind)


def displaying(work: Work, reader: int, named: Names = MappingProxyType({})) -> Callable[[int, RowKind], str]:
    """`display_id` for very many. named: names that are known already."""
    network = engine.present(work).network

    def shown(organization: int, kind: RowKind) -> str:
        known = named.get(organization)
        if known is not None and (known.kind is RowKind.PSEUDONYM) is (kind is RowKind.PSEUDONYM):
            return known.id
        found = network.organization(organization)
        if found is None:
            return ""
        return pseudonym(work, reader, found.id) if kind is RowKind.PSEUDONYM else found.id

    return shown


def network_for(work: Work, reader: int) -> Network:
    """The network that a reader's answers rest on: of another moment than now, only what it may see today."""
    then = engine.network(work)
    if work.moment.is_present:
        return then
    return told(then, engine.present(work).network, reader, work.today)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody a reader may list, by displayed id. version: who moved since earlier revisions."""

    listed: Mapping[str, Seen]
    version: Version = field(default_factory=Version)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return 2 * len(self.listed)


def directory(work: Work, reader: int, day: date) -> Directory:
    """Everybody that a reader may list on a day.

    At another moment than now those that were there, of those that it may list by identity today.
    """
    network = network_for(work, reader)
    return network.memory.repaired(
        Line(("directory", reader, work.runtime.settings.secret), *network.span(day)),
        lambda: (sight(network, reader, day).version, _privately(network, reader, day).version, network.linked),
        lambda: Directory(_visible(work, network, reader, day)),
        lambda earlier, moves: _redirected(work, network, reader, day, earlier, moves),
    )


def visible_to(work: Work, reader: int, day: date) -> Mapping[str, Seen]:
    """Everybody a reader may list on a day, by displayed id."""
    return directory(work, reader, day).listed


def listed_names(work: Work, reader: int, day: date) -> Names:
    """The names of all that a reader may list; of two of one organization either."""
    return {seen.organization: seen for seen in visible_to(work, reader, day).values()}


def visible_among(work: Work, reader: int, day: date, organizations: AbstractSet[int]) -> Mapping[str, Seen]:
    """Those of some organizations that a reader may list, by displayed id."""
    if not _sees_few(work, reader, day):
        return _visible(work, network_for(work, reader), reader, day, organizations)
    listed = visible_to(work, reader, day)
    names = (name for one in organizations for name in names_of(work, reader, one))
    return {name: listed[name] for name in names if name in listed}


def _sees_few(work: Work, reader: int, day: date) -> bool:
    return len(sight(network_for(work, reader), reader, day).tier) <= _FEW


def names_of(work: Work, reader: int, organization: int) -> tuple[str, str]:
    """The ids under which a reader may be shown an organization: its own, and the reader's pseudonym for it."""
    kinds = (RowKind.IDENTITY, RowKind.PSEUDONYM)
    own, veiled = (display_id(work, reader, organization, kind) for kind in kinds)
    return own, veiled


def find(work: Work, reader: int, displayed: str, day: date) -> Seen:
    """The organization a reader means by a displayed id. Raises NotFound: unseen = unknown."""
    if displayed.startswith(PSEUDONYM_PREFIX) or _sees_few(work, reader, day):
        seen = visible_to(work, reader, day).get(displayed)
    else:
        seen = visible_among(work, reader, day, _with_id(work, displayed)).get(displayed)
    if seen is None:
        raise NotFound
    return seen


def _with_id(work: Work, organization_id: str) -> AbstractSet[int]:
    return set(work.session.scalars(select(Organization.number).where(Organization.id == organization_id)))


def country_of(network: Network, seen: Seen, reader: int) -> str | None:
    """The country shown: of a named row its own, else the reader's record; of a pseudonym a crowd's."""
    organization = network.organization(seen.organization)
    if organization is None:
        return None
    if seen.kind is not RowKind.PSEUDONYM:
        record = network.record(reader, seen.organization)
        return organization.country or (record.country if record else None)
    crowd = _crowds(network)[organization.country, organization.sector]
    return organization.country if crowd >= CROWD else continent_of(organization.country)


def _visible(
    work: Work, network: Network, reader: int, day: date, among: AbstractSet[int] | None = None
) -> dict[str, Seen]:
    """among: nobody else is looked at."""
    rows = [
        *_in_sight(network, reader, day, among),
        *_claimed(network, reader, day, among),
        *_known_privately(network, reader, day, among),
    ]
    listed: dict[str, Seen] = {}
    own, displayed = _own(work, reader), displaying(work, reader)
    for organization, kind, tier in rows:
        if organization in own:
            continue
        shown = displayed(organization, kind)
        # In order of openness: what is in sight is not shown again as merely claimed or known.
        listed.setdefault(shown, Seen(shown, organization, kind, tier))
    return listed


def _own(work: Work, reader: int) -> AbstractSet[int]:
    """Of another moment than now the reader's group of today: on an earlier day some of it may have been a supplier."""
    return frozenset() if work.moment.is_present else sight(engine.present(work).network, reader, work.today).group


def _redirected(work: Work, network: Network, reader: int, day: date, earlier: Directory, moves: Moves) -> Directory:
    """The directory, made from an earlier one."""
    sighted, known, links = moves
    group = sight(network, reader, day).group
    moved = sighted | known | {supplier for _, buyer, supplier in links if buyer in group}
    if not moved:
        return earlier
    listed = dict(earlier.listed)
    for name in (name for one in moved for name in names_of(work, reader, one)):
        listed.pop(name, None)
    listed |= _visible(work, network, reader, day, moved)
    return Directory(listed, earlier.version.after(moved))


Placed = Iterable[tuple[int, RowKind, int]]


def _in_sight(network: Network, reader: int, day: date, among: AbstractSet[int] | None) -> Placed:
    seen = sight(network, reader, day)
    if among is None:
        known, places = seen.known(), iter(seen.tier.items())
    else:
        known = dict.fromkeys(filter(seen.knows, among))
        places = ((one, seen.tier.get(one, 0)) for one in among)
    for organization, tier in places:
        if tier > 0:
            yield organization, RowKind.IDENTITY if organization in known else RowKind.PSEUDONYM, tier


def _claimed(network: Network, reader: int, day: date, among: AbstractSet[int] | None) -> Placed:
    group = sight(network, reader, day).group
    if among is None:
        links = (link for buyer in group for link in network.links_from(buyer))
    else:  # who buys from very many is not looked through for a few
        links = (link for one in among for link in network.links_to(one) if link.buyer in group)
    for link in links:
        if link.supplier not in group and state_on(link.periods, day) is LinkState.CLAIMED:
            yield link.supplier, RowKind.AWAITING, 1


def _known_privately(network: Network, reader: int, day: date, among: AbstractSet[int] | None) -> Placed:
    seen = sight(network, reader, day)
    if among is not None:
        among = set(filterfalse(seen.knows, among))
        if not among:  # whom the reader knows by name is listed already, and the walk need not be made
            return
    reached = _privately(network, reader, day).tier
    for organization in set(reached).difference(seen.known()) if among is None else among:
        if (tier := reached.get(organization, 0)) > 0:
            yield organization, RowKind.PRIVATE, tier


def _privately(network: Network, reader: int, day: date) -> Reach:
    probe = Requirement(
        number=0,
        issuer=reader,
        framework="",
        pillars=(),
        schedule=(1,),
        beyond=Beyond.HOLD,
        effective_from=day,
        published_on=day,
    )
    return reach(network, probe, day, Lens.KNOWN)


@dataclass(frozen=True, slots=True)
class _Crowds:
    """How many organizations there are of a country and sector, and the facts they were counted in."""

    sizes: Counter[tuple[str | None, str | None]]
    held: Held


def _crowds(network: Network) -> Counter[tuple[str | None, str | None]]:
    def count() -> _Crowds:
        return _Crowds(Counter((one.country, one.sector) for one in network.organizations()), network.held)

    line = Line("crowds", None, None, dated=False)
    return network.memory.repaired(
        line, lambda: (network.described,), count, lambda earlier, moves: _recounted(network, earlier, moves)
    ).sizes


def _recounted(network: Network, earlier: _Crowds, moves: Moves) -> _Crowds:
    sizes = earlier.sizes.copy()
    for number in moves[0]:
        for held, step in ((earlier.held, -1), (network.held, 1)):
            if (one := held.organizations.get(number)) is not None:
                sizes[one.country, one.sector] += step
    return _Crowds(sizes, network.held)
