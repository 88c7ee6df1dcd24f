"""What-if in one asker's eyes: as the changes would be if made, and blind to all that the asker is not shown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from graph.facts import Attributes, Change, DayAdvanced, Link, Organization, Record, Requirement, SupplierScope
from graph.network import Network
from graph.obligations import Obligation
from graph.sight import RowKind, disclosed, sight, view
from graph.terms import Disclosure, LinkState
from graph.whatif import Altered, Outcome, Pair, Stage, Stated, outcome, staged
from tests.graph.strategies import DAYS, NUMBERS, PREFIXES, links, requirements, worlds

ASKER = 1
SECTORS = st.sampled_from([None, "PCB", "PLT"])
SCOPES = st.builds(
    SupplierScope,
    countries=st.sampled_from([frozenset[str](), frozenset({"CN"})]),
    sectors=st.sampled_from([frozenset[str](), frozenset[str](), frozenset({"PCB"})]),
)


@st.composite
def scoped_worlds(draw: st.DrawFn) -> list[Change]:
    """Worlds in which sectors are stated that nobody displays, recorded that the asker knows, and asked for."""
    changes = draw(worlds())
    changes += [replace(one, sector=draw(SECTORS)) for one in changes if isinstance(one, Organization)]
    changes += [Record(ASKER, number, "CN", sector=draw(SECTORS)) for number in draw(st.sets(NUMBERS, max_size=3))]
    return [replace(one, supplier_scope=draw(SCOPES)) if isinstance(one, Requirement) else one for one in changes]


def displayed(network: Network) -> Stated:
    """Country of whom the asker knows by name, the rest from its own record."""
    seen = sight(network, ASKER, network.day)

    def stated(number: int) -> Attributes:
        if not seen.knows(number):
            return Attributes()
        own, record = network.organization(number), network.record(ASKER, number)
        country = (own.country if own else None) or (record.country if record else None)
        return Attributes(country=country, sector=record.sector if record else None)

    return stated


def asked(
    network: Network, pairs: Sequence[Pair], changes: Sequence[Change] = (), day: date | None = None
) -> tuple[Stage, Outcome]:
    stage = staged(network, ASKER, network.day)
    return stage, outcome(stage, pairs, changes, day or network.day, displayed(network), frozenset())


def own(network: Network) -> list[Requirement]:
    return [one for one in network.requirements() if one.issuer == ASKER]


def listed(network: Network, requirement: Requirement, kind: RowKind) -> dict[int, Obligation]:
    """What the asker's list shows, by supplier."""
    return {row.organization: row.owed for row in view(network, requirement, network.day).rows if row.kind is kind}


@settings(max_examples=150, deadline=None)
@given(scoped_worlds())
def test_what_is_owed_before_is_what_the_list_shows(changes: list[Change]) -> None:
    network = Network.empty().apply(changes, 1)
    for requirement in own(network):
        stage, found = asked(network, [Pair(requirement, None)])
        before = {one.supplier: one.before for one in found.altered if one.before is not None}
        named = {one: owed for one, owed in before.items() if one in stage.named}
        veiled = {one: (owed.tier, owed.level) for one, owed in before.items() if one in stage.veiled}
        assert named == listed(network, requirement, RowKind.IDENTITY)
        shown = listed(network, requirement, RowKind.PSEUDONYM)
        assert veiled == {one: (owed.tier, owed.level) for one, owed in shown.items()}


@st.composite
def open_worlds(draw: st.DrawFn) -> list[Change]:
    """Everything confirmed and disclosed, every attribute displayed, nothing owned."""
    count = draw(st.integers(1, 14))
    edges = [_opened(draw(links(number))) for number in range(1, count + 1)]
    places = [Organization(number, country=draw(st.sampled_from(["CN", "DE"]))) for number in range(1, 8)]
    demands = [replace(draw(requirements(number)), issuer=ASKER) for number in (1, 2)]
    return [*edges, *places, *demands]


def _opened(link: Link) -> Link:
    periods = tuple(replace(period, state=LinkState.CONFIRMED) for period in link.periods)
    return replace(link, periods=periods, owner=None, disclosure=Disclosure.IDENTITY)


@st.composite
def supposed(draw: st.DrawFn, network: Network) -> tuple[list[Pair], list[Change]]:
    """Links between whom the asker knows that come or end, a demand that is published, and one amended or ended."""
    seen = sight(network, ASKER, network.day)
    known = sorted(one for one in seen.openness if seen.knows(one))
    changes: list[Change] = []
    for number in range(31, 31 + draw(st.integers(0, 2))):
        link = replace(_opened(draw(links(number))), buyer=draw(st.sampled_from(known)))
        changes += [replace(link, supplier=one) for one in [draw(st.sampled_from(known))] if one != link.buyer]
    if open_links := sorted(staged(network, ASKER, network.day).network.links(), key=lambda link: link.number):
        gone = draw(st.lists(st.sampled_from(open_links), max_size=2, unique=True))
        changes += [replace(link, periods=()) for link in gone]
    asked_today = own(network)
    pairs = [Pair(one, one) for one in asked_today[1:]]
    for before in asked_today[:1]:
        after = draw(st.sampled_from([before, None, _amended(draw, before)]))
        pairs.append(Pair(before, after))
        changes += [after] if after else []
    if draw(st.booleans()):
        new = replace(draw(requirements(40)), issuer=ASKER, supplier_scope=draw(SCOPES))
        pairs.append(Pair(None, new))
        changes.append(new)
    return pairs, changes


def _amended(draw: st.DrawFn, before: Requirement) -> Requirement:
    """Another schedule, and sometimes other ways: what a requirement becomes at once."""
    other = draw(requirements(before.number))
    scoped = replace(before, schedule=other.schedule, beyond=other.beyond)
    return replace(scoped, link_scope=draw(PREFIXES)) if draw(st.booleans()) else scoped


@settings(max_examples=150, deadline=None)
@given(open_worlds(), st.data())
def test_where_all_is_open_a_what_if_is_what_making_the_changes_would_show(
    changes: list[Change], data: st.DataObject
) -> None:
    network = on_day(Network.empty().apply(changes, 1), data.draw(DAYS))
    stage = staged(network, ASKER, network.day)
    pairs, made = data.draw(supposed(network))
    pairs = [pair for pair in pairs if pair.after is None or not pair.after.supplier_scope.sectors]
    _, found = asked(network, pairs, made)
    after = network.apply(made, 2)
    expected = set()
    for index, pair in enumerate(pairs):
        was = listed(network, pair.before, RowKind.IDENTITY) if pair.before else {}
        will = listed(after, pair.after, RowKind.IDENTITY) if pair.after else {}
        for supplier in was.keys() | will.keys():
            before, then = was.get(supplier), will.get(supplier)
            if before != then and supplier in stage.named:
                expected.add(Altered(index, supplier, before, then))
    event(f"{len(expected)} differences" if len(expected) < 3 else "many differences")
    assert set(found.altered) == expected


def on_day(network: Network, day: date) -> Network:
    return network.apply([DayAdvanced(day)], 1)


@settings(max_examples=100, deadline=None)
@given(open_worlds(), st.data())
def test_undoing_a_change_is_the_inverse(changes: list[Change], data: st.DataObject) -> None:
    network = on_day(Network.empty().apply(changes, 1), data.draw(DAYS))
    pairs, made = data.draw(supposed(network))
    moved = [one for one in made if isinstance(one, Link)]
    same = [pair for pair in pairs if pair.before == pair.after]
    stage, there = asked(network, same, moved)
    after = network.apply(moved, 2)
    back_again = [network.link(one.number) or replace(one, periods=()) for one in moved]
    if staged(after, ASKER, after.day).named != stage.named:
        event("whoever is seen no more cannot be supposed to be linked again")
        return
    _, back = asked(after, same, back_again)
    forth = {(one.pair, one.supplier, one.before, one.after) for one in there.altered}
    assert forth == {(one.pair, one.supplier, one.after, one.before) for one in back.altered}


@settings(max_examples=100, deadline=None)
@given(scoped_worlds())
def test_nothing_supposed_alters_nothing(changes: list[Change]) -> None:
    network = Network.empty().apply(changes, 1)
    _, found = asked(network, [Pair(one, one) for one in own(network)])
    assert found.altered == ()


def shown(network: Network) -> list[object]:
    """All that the asker is shown today: who and at which tier, links between the named, its lists, its own facts."""
    day, seen = network.day, sight(network, ASKER, network.day)
    names = [one for one in range(1, 8) if seen.knows(one)]
    rows = [
        (row.kind, row.organization, row.tier, row.owed.level, named and (row.due, row.owed.via))
        for requirement in own(network)
        for row in view(network, requirement, day).rows
        if (named := row.kind is RowKind.IDENTITY) or row.kind is RowKind.PSEUDONYM
    ]
    mine = [link for buyer in sorted(seen.group) for link in network.links_from(buyer) if link.owner is None]
    return [
        (seen.openness, seen.tier, seen.group),
        sorted(disclosed(network, ASKER, day), key=lambda link: link.number),
        mine,
        own(network),
        rows,
        [displayed(network)(one) for one in names],
    ]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scoped_worlds(), st.data())
def test_what_is_not_shown_changes_no_answer(changes: list[Change], data: st.DataObject) -> None:
    """Links, codes, days, ways and attributes that the asker is not shown: two worlds, each question answered alike."""
    network = Network.empty().apply(changes, 1)
    other = network.apply([data.draw(otherwise(network)) for _ in range(data.draw(st.integers(1, 3)))], 2)
    if shown(network) != shown(other):
        event("the asker sees the difference")
        return
    event("two worlds alike")
    pairs, made = data.draw(supposed(network))
    day = network.day + timedelta(days=data.draw(st.sampled_from([0, 0, 3, 400])))
    here, there = (asked(one, pairs, made, day)[1] for one in (network, other))
    assert told(here) == told(there)


@st.composite
def otherwise(draw: st.DrawFn, network: Network) -> Change:
    """A link that is new, or of another buyer, code, days or flow than now, or what an organization says of itself."""
    other = draw(links(draw(st.integers(1, 18))))
    held = network.link(other.number)
    if draw(st.integers(0, 4)) == 0:
        return Organization(other.supplier, country=draw(st.sampled_from([None, "CN", "DE"])), sector=draw(SECTORS))
    if held is None:
        return other
    changed = draw(st.sampled_from(["buyer", "category", "periods", "flow_down", "all"]))
    if changed == "all" or (changed == "buyer" and other.buyer == held.supplier):
        return other
    return replace(held, **{changed: getattr(other, changed)})


def told(found: Outcome) -> list[object]:
    return [sorted(found.altered, key=lambda one: (one.pair, one.supplier)), found.unstated, found.unplaced]
