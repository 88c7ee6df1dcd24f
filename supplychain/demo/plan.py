"""Who is in the demo network and who buys from whom: a pure, seeded draw; days are counted from today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from supplychain.demo.words import BRANDS, BUYER_COUNTRIES, CITIES, TRADES, buyer_names, company_stems, draw

SEED = 20071128
"""Any number would do; another one draws another network."""
PER_TIER = (84, 150, 160, 106)
PILOTS, PLANTED, CYCLES = 12, 20, 12
HERO, INVITED, DISPUTER = "sme-001", "sme-002", "sme-003"
"""The supplier whose key is printed, the one with a pending invitation, the one that disputes a link."""
PLAYED = (HERO, INVITED, DISPUTER)
_SECTORS: Sequence[dict[str, int]] = (
    {"SMT": 45, "PCB": 20, "CBL": 15, "BAT": 12, "MET": 8},
    {"PCB": 30, "CMP": 35, "BAT": 10, "CBL": 10, "MET": 15},
    {"CMP": 45, "MET": 25, "PLT": 30},
    {"CMP": 35, "PLT": 35, "MET": 30},
)
_REGIONS = {"Bohai Basin": 16, "Jiangsu": 22, "Zhejiang": 16, "Shenzhen": 22, "Pearl River Delta": 24}
_STATES = {"confirmed": 80, "claimed": 8, "disputed": 3, "ended": 4, "offered": 2, "lapsed": 3}
_DISCLOSURES = {"identity": 40, "pseudonym": 45, "none": 15}
_CLAIMS: Sequence[dict[str, int]] = (
    {"verified": 86, "unverified": 4, "unclaimed": 10},
    {"verified": 74, "unverified": 6, "unclaimed": 20},
    {"verified": 58, "unverified": 6, "unclaimed": 36},
    {"verified": 44, "unverified": 6, "unclaimed": 50},
)


@dataclass(frozen=True, slots=True)
class Company:
    """A supplier. tier: the nearest tier at which somebody was meant to buy from it.

    listed, training: its consents. pilot: its place in the pilot programme, if it has one.
    plants: short names of its plants.
    """

    key: str
    name: str
    name_zh: str
    region: str
    division: str
    sector: str
    size: str
    tier: int
    claim: str
    listed: bool = False
    training: bool = False
    pilot: int | None = None
    plants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trade:
    """A supply link. since, until: days from today. owner: whose private knowledge it is."""

    buyer: str
    supplier: str
    category: str
    state: str
    since: int
    until: int | None = None
    share: float | None = None
    buyer_wish: str = "pseudonym"
    supplier_wish: str = "pseudonym"
    flow_down: str = "undeclared"
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole network. brands, buyers: (short name, name, country)."""

    companies: Sequence[Company]
    links: Sequence[Trade]
    brands: Sequence[tuple[str, str, str]] = field(default=())
    buyers: Sequence[tuple[str, str, str]] = field(default=())


def make() -> Plan:
    """The demo network, the same whenever it is asked for."""
    random = Random(SEED)
    companies = list(_companies(random))
    return Plan(
        companies,
        list(_without_doubles(_links(random, companies))),
        [(f"brand-{at}", name, country) for at, (name, country) in enumerate(BRANDS, 1)],
        [(f"buyer-{at:02d}", name, BUYER_COUNTRIES[at % 10]) for at, name in enumerate(buyer_names(), 1)],
    )


# Companies ----------------------------------------------------------------------------------


def _companies(random: Random) -> Iterator[Company]:
    tiers = [tier for tier, many in enumerate(PER_TIER, 1) for _ in range(many)]
    stems = list(company_stems())
    random.shuffle(stems)
    pilots = {place: at for at, place in enumerate(_pilots(random, tiers), 1)}
    planted = set(random.sample(range(5, len(tiers) // 2), PLANTED))
    taken: set[str] = set()
    for at, tier in enumerate(tiers, 1):
        drawn = _company(random, at, tier, stems, taken)
        yield _settled(drawn, pilots.get(at), planted=at in planted)


def _pilots(random: Random, tiers: Sequence[int]) -> Iterator[int]:
    """As many pilots at every stage of the chain, leaving out the first few companies, which have parts already."""
    for tier in sorted(set(tiers)):
        places = [at for at, one in enumerate(tiers, 1) if one == tier and at > len(PLAYED)]
        yield from sorted(random.sample(places, PILOTS // len(PER_TIER)))


def _company(random: Random, at: int, tier: int, stems: Sequence[tuple[str, str]], taken: set[str]) -> Company:
    region = "Shenzhen" if at <= len(PLAYED) else draw(random, _REGIONS)
    city, city_zh, division = random.choice(CITIES[region])
    trade = TRADES["PCB" if at <= len(PLAYED) else draw(random, _SECTORS[tier - 1])]
    stem, stem_zh = next(one for one in random.sample(stems, len(stems)) if f"{city} {one[0]}" not in taken)
    taken.add(f"{city} {stem}")
    return Company(
        key=f"sme-{at:03d}",
        name=f"{city} {stem} {trade.en} Co., Ltd.",
        name_zh=f"{city_zh}{stem_zh}{trade.zh}有限公司",
        region=region,
        division=division,
        sector=trade.sector,
        size="large" if random.random() < 0.08 else "sme",
        tier=tier,
        claim=draw(random, _CLAIMS[tier - 1]),
        listed=random.random() < 0.75,
        training=random.random() < 0.6,
    )


def _settled(drawn: Company, pilot: int | None, *, planted: bool) -> Company:
    """The draw, corrected where a company plays a part."""
    values = {name: getattr(drawn, name) for name in drawn.__slots__}
    if drawn.key in {HERO, DISPUTER} or pilot or planted:
        values["claim"] = "verified"
    if drawn.key == HERO or pilot:
        values["training"] = True
    if drawn.key == INVITED:
        values |= {"claim": "unclaimed", "listed": False, "training": False}
    if planted:
        values["plants"] = tuple(f"{drawn.key}-{letter}" for letter in "abc"[: 2 + (pilot or 0) % 2])
    return Company(**{**values, "pilot": pilot})


# Links --------------------------------------------------------------------------------------


def _links(random: Random, companies: Sequence[Company]) -> Iterator[Trade]:
    by_tier = [[one for one in companies if one.tier == tier] for tier in range(1, 5)]
    down = [*_played(), *_of_brands(random, by_tier[0])]
    for upper, lower in pairwise(by_tier):
        down += _between(random, upper, lower)
    yield from down
    yield from _back(random, companies, down)
    yield from _private(random, companies)


def _played() -> Iterator[Trade]:
    """The links that the journeys rest on."""
    for brand, share in (("brand-1", 0.12), ("brand-2", 0.08), ("brand-3", 0.05)):
        yield Trade(brand, HERO, "8534", "confirmed", -900, share=share, buyer_wish="identity", flow_down="yes")
    yield Trade("brand-1", INVITED, "8534", "claimed", -200, share=0.04, buyer_wish="identity")
    yield Trade("brand-1", DISPUTER, "8534", "disputed", -300, share=0.02)
    yield Trade("brand-2", DISPUTER, "8534", "confirmed", -700, share=0.06, buyer_wish="identity")


def _of_brands(random: Random, first: Sequence[Company]) -> Iterator[Trade]:
    """Every brand's direct suppliers: some share many customers, and two brands buy through a subsidiary."""
    own = [one for one in first if one.key not in PLAYED]
    for at, one in enumerate(own):
        brands = {at % 6 + 1, *random.sample(range(1, 7), random.choice((0, 0, 1, 2)))}
        for brand in sorted(brands):
            through = brand in {1, 2} and random.random() < 0.2
            buyer = f"purchasing-{brand}" if through else f"brand-{brand}"
            yield _link(random, buyer, one, share=round(random.uniform(0.005, 0.09), 3))


def _between(random: Random, upper: Sequence[Company], lower: Sequence[Company]) -> Iterator[Trade]:
    """Everybody below has a buyer above; beyond that, buyers take whom they like, hubs more often."""
    hubs = random.sample(list(lower), 8)
    for at, one in enumerate(lower):
        yield _link(random, upper[at % len(upper)].key, one)
    for buyer in upper:
        if buyer.key == INVITED:
            continue
        for one in random.sample(list(lower), random.choice((0, 1, 1, 2))):
            yield _link(random, buyer.key, one)
        if random.random() < 0.25:
            yield _link(random, buyer.key, random.choice(hubs))


def _back(random: Random, companies: Sequence[Company], down: Sequence[Trade]) -> Iterator[Trade]:
    """Cycles: platers and part makers that also buy from those that they supply over one hop or two."""
    by_key = {one.key: one for one in companies}
    buyers: dict[str, list[str]] = {}
    for link in down:
        if link.buyer in by_key:
            buyers.setdefault(link.supplier, []).append(link.buyer)
    low = [one.key for one in companies if one.tier > 2]
    for key in random.sample(low, CYCLES):
        above = random.choice(buyers[random.choice(buyers[key])])
        yield _link(random, key, by_key[above])


def _private(random: Random, companies: Sequence[Company]) -> Iterator[Trade]:
    """What brands found out themselves about others."""
    for brand in range(1, 7):
        for one in random.sample(companies, 3):
            other = random.choice([company for company in companies if company.tier == min(one.tier + 1, 4)])
            if other.key != one.key:
                category = TRADES[other.sector].category
                yield Trade(one.key, other.key, category, "private", -100, owner=f"brand-{brand}")


def _link(random: Random, buyer: str, supplier: Company, share: float | None = None) -> Trade:
    state = draw(random, _STATES)
    since = -random.randint(150, 1400)
    coarse = {"": 4, "85": 5, TRADES[supplier.sector].category: 91}
    return Trade(
        buyer=buyer,
        supplier=supplier.key,
        category=draw(random, coarse),
        state="confirmed" if state == "lapsed" else state,
        since=since,
        until=-random.randint(5, 100) if state == "lapsed" else None,
        share=share,
        buyer_wish=draw(random, _DISCLOSURES),
        supplier_wish=draw(random, {"identity": 75, "pseudonym": 20, "none": 5}),
        flow_down=draw(random, {"undeclared": 60, "yes": 36, "no": 4}),
    )


def _without_doubles(links: Iterator[Trade]) -> Iterator[Trade]:
    """One link of each buyer, supplier, category and owner, and nobody sells to itself."""
    seen = set()
    for one in links:
        key = (one.buyer, one.supplier, one.category, one.owner)
        if key not in seen and one.buyer != one.supplier:
            seen.add(key)
            yield one
