"""Verbs of supply links: claim, change, confirm, dispute, settle, end (domain rules: supply link)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from graph.terms import Disclosure, FlowDown
from supplychain.errors import Conflict, Forbidden, Invalid, NotFound
from supplychain.network import directory, facts, link_rules
from supplychain.network.link_queries import reviewable, side_of
from supplychain.network.link_rules import Periods, Settlement, Side
from supplychain.network.models import SupplyLink
from supplychain.network.standing import require_verified
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says of a link between two organizations (numbers). None: not said."""

    buyer: int
    supplier: int
    side: Side
    category: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    share: float | None = None
    flow_down: str | None = None
    disclosure: str | None = None


def claim(
    work: Work,
    *,
    buyer: str,
    supplier: str,
    category: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    share: float | None = None,
    flow_down: str | None = None,
    disclosure: str | None = None,
    private: bool = False,
) -> tuple[SupplyLink, bool]:
    """Say that a link exists; the row, and whether it is new.

    The buyer's word is a claim and carries, the supplier's an offer, a third party's private; days of which
    which the other end spoke already are confirmed. What is said again changes nothing. Raises Invalid.
    """
    require_verified(work)
    buys = directory.named(work, buyer, "/buyer").number
    supplies = directory.named(work, supplier, "/supplier").number
    side = _side(work, buys, supplies, private=private)
    said = Statement(buys, supplies, side, category, valid_from, valid_to, share, flow_down, disclosure)
    _check(said)
    return _state(work, said)


def change(work: Work, row: SupplyLink, values: dict[str, Any]) -> None:
    """Change what an end may change of a link. Raises Invalid for what is the other end's."""
    require_verified(work)
    side = _ends_only(work, row)
    for name in ("share", "flow_down"):
        if name in values and not _may_set(side, name):
            raise Invalid.at(f"/{name}", "buyer-only")
    if "disclosure" in values and side is Side.OWNER:
        raise Invalid.at("/disclosure", "not-on-private")
    before = _image(row)
    for name, value in values.items():
        setattr(row, f"disclosure_{side}" if name == "disclosure" else name, value)
    if _image(row) != before:
        _tell(work, "link.changed", row, side, changed=sorted(values))


def confirm(work: Work, row: SupplyLink, note: str | None = None) -> None:
    """Confirm the days that only the other end spoke of, as the verified other end or as a reviewer.

    Raises Conflict when there are none, Invalid when a reviewer names no document.
    """
    require_verified(work)
    side = side_of(work, row)
    if side is Side.OWNER:
        raise Conflict("link-private")
    if side is Side.REVIEWER and note is None:
        raise Invalid.at("/note", "document-required")
    if not _confirm(work, row, side, note):
        raise Conflict("link-nothing-to-confirm")


def confirm_many(work: Work, ids: Sequence[str], note: str) -> list[tuple[str, bool]]:
    """Confirm, as a reviewer who saw one document, every link it proves; id and whether anything changed.

    Raises Invalid naming each link that is not the reviewer's to decide; then nothing is changed.
    """
    require_verified(work)
    rows = reviewable(work, ids)
    unknown = [at for at, link_id in enumerate(ids) if link_id not in rows]
    if unknown:
        raise Invalid.at(f"/links/{unknown[0]}", "unknown-link")
    return [(link_id, _confirm(work, rows[link_id], Side.REVIEWER, note)) for link_id in ids]


def dispute(work: Work, row: SupplyLink, reason: str, note: str | None = None) -> None:
    """Say, as the verified other end, that what was claimed or offered is no link. Raises Conflict."""
    require_verified(work)
    side = _ends_only(work, row)
    _put(row, link_rules.disputed(_periods(row), side), "link-nothing-to-dispute")
    row.dispute = {"by": work.actor.organization, "reason": reason, "note": note}
    _tell(work, "link.disputed", row, side, reason=reason)


def settle(work: Work, row: SupplyLink, decision: str, note: str) -> None:
    """Decide a dispute, as the reviewer it is assigned to. Raises Conflict when there is none."""
    require_verified(work)
    if side_of(work, row) is not Side.REVIEWER:
        raise Forbidden("permission-missing", permission="links.review")
    _put(row, link_rules.settled(_periods(row), Settlement(decision)), "link-nothing-to-settle")
    row.reviewer = work.actor.organization
    _tell(work, "link.settled", row, Side.REVIEWER, decision=decision, note=note)


def end(work: Work, row: SupplyLink, note: str | None = None) -> None:
    """End a link from today on, as either end, or as the owner of a private one. Raises Conflict."""
    require_verified(work)
    side = _ends_only(work, row)
    _put(row, link_rules.ended(_periods(row), work.today), "link-over")
    _tell(work, "link.ended", row, side, from_day=work.today.isoformat(), note=note)


# How a statement becomes rows ---------------------------------------------------------------


def _state(work: Work, said: Statement) -> tuple[SupplyLink, bool]:
    known = _of_key(work, said)
    live = [row for row in known if row.joined_into is None]
    placed = link_rules.place([_periods(row) for row in live], said.valid_from, said.valid_to, said.side)
    if placed.at is None:
        row = _new(work, said, run=1 + max((one.run for one in known), default=-1), periods=placed.periods)
        _tell(work, "link.claimed", row, said.side)
        return row, True
    row = live[placed.at]
    before, image = _periods(row), _image(row)
    periods = link_rules.resumed(placed.periods, said.valid_from, said.valid_to, said.side, work.today)
    row.periods = facts.stored_periods(periods)
    absorb(row, [live[at] for at in placed.emptied])
    _attribute(row, said)
    for at in placed.emptied:
        work.change(facts.of_link(live[at]))
    if _image(row) != image:
        newly = link_rules.newly_confirmed(before, periods)
        _tell(work, "link.confirmed" if newly else "link.claimed", row, said.side)
    return row, False


def absorb(row: SupplyLink, emptied: Collection[SupplyLink]) -> None:
    """Let a link take over what links said that gave their days to it: the more closed wish, what it lacks."""
    for other in emptied:
        row.disclosure_buyer = link_rules.more_closed(row.disclosure_buyer, other.disclosure_buyer)
        row.disclosure_supplier = link_rules.more_closed(row.disclosure_supplier, other.disclosure_supplier)
        row.share = other.share if row.share is None else row.share
        row.flow_down = other.flow_down if row.flow_down == FlowDown.UNDECLARED else row.flow_down
        row.dispute = row.dispute or other.dispute
        row.reviewer = row.reviewer or other.reviewer
        other.periods = []
        other.dispute = None
        other.joined_into = row.number


def _of_key(work: Work, said: Statement) -> Sequence[SupplyLink]:
    """Every link of the key, locked, in order of recording."""
    query = (
        select(SupplyLink)
        .where(
            SupplyLink.buyer == said.buyer,
            SupplyLink.supplier == said.supplier,
            SupplyLink.category == said.category,
            SupplyLink.owner == _owner(work, said.side),
        )
        .order_by(SupplyLink.number)
        .with_for_update()
    )
    return work.session.scalars(query).all()


def _new(work: Work, said: Statement, run: int, periods: Periods) -> SupplyLink:
    row = SupplyLink(
        buyer=said.buyer,
        supplier=said.supplier,
        category=said.category,
        owner=_owner(work, said.side),
        run=run,
        flow_down=str(FlowDown.UNDECLARED),
        disclosure_buyer=str(Disclosure.PSEUDONYM),
        disclosure_supplier=str(Disclosure.PSEUDONYM),
        periods=facts.stored_periods(periods),
        created_at=work.now,
    )
    _attribute(row, said)
    work.session.add(row)
    work.session.flush()
    return row


def _attribute(row: SupplyLink, said: Statement) -> None:
    if said.share is not None:
        row.share = said.share
    if said.flow_down is not None:
        row.flow_down = said.flow_down
    if said.disclosure is not None:
        setattr(row, f"disclosure_{said.side}", said.disclosure)


def _owner(work: Work, side: Side) -> int:
    return work.actor.organization if side is Side.OWNER else 0


# Who may say what ---------------------------------------------------------------------------


def _side(work: Work, buyer: int, supplier: int, *, private: bool) -> Side:
    if buyer == supplier:
        raise Invalid.at("/supplier", "own-supplier")
    side = {buyer: Side.BUYER, supplier: Side.SUPPLIER}.get(work.actor.organization, Side.OWNER)
    if private is not (side is Side.OWNER):
        raise Invalid.at("/private", "party-not-private" if private else "third-party-private")
    return side


def _check(said: Statement) -> None:
    if said.valid_from and said.valid_to and said.valid_to < said.valid_from:
        raise Invalid.at("/valid_to", "ends-before-it-begins")
    for name in ("share", "flow_down"):
        if getattr(said, name) is not None and not _may_set(said.side, name):
            raise Invalid.at(f"/{name}", "buyer-only")
    if said.disclosure is not None and said.side is Side.OWNER:
        raise Invalid.at("/disclosure", "not-on-private")


def _may_set(side: Side, name: str) -> bool:
    """The share of spend and flow-down are the buyer's; a private owner may estimate a share."""
    return side is Side.BUYER or (side is Side.OWNER and name == "share")


def _ends_only(work: Work, row: SupplyLink) -> Side:
    side = side_of(work, row)
    if side is Side.REVIEWER:
        raise NotFound
    return side


# What all verbs share -----------------------------------------------------------------------


def _confirm(work: Work, row: SupplyLink, side: Side, note: str | None) -> bool:
    mine = row.dispute is not None and row.dispute["by"] == work.actor.organization
    before = _periods(row)
    periods = link_rules.confirmed(before, side, withdraws_dispute=mine)
    if periods == before:
        return False
    _give(row, periods)
    if side is Side.REVIEWER:
        row.reviewer = work.actor.organization
    _tell(work, "link.confirmed", row, side, **({"note": note} if note else {}))
    return True


def _put(row: SupplyLink, periods: Periods, refusal: str) -> None:
    """Give a link its new days. Raises Conflict with the code when they are the old ones."""
    if periods == _periods(row):
        raise Conflict(refusal)
    _give(row, periods)


def _give(row: SupplyLink, periods: Periods) -> None:
    row.periods = facts.stored_periods(periods)
    if not link_rules.any_disputed(periods):
        row.dispute = None


def _periods(row: SupplyLink) -> Periods:
    return facts.periods_of(row.periods)


def _image(row: SupplyLink) -> tuple[object, ...]:
    return (facts.of_link(row), row.disclosure_buyer, row.disclosure_supplier)


def _tell(work: Work, action: str, row: SupplyLink, side: Side, **data: Any) -> None:
    """Tell the engine, the audit trail and, unless it is private, both ends."""
    work.session.flush()
    work.change(facts.of_link(row))
    mine = row.supplier if side in {Side.SUPPLIER, Side.REVIEWER} else row.owner or row.buyer
    work.record(action, row.id, mine, by=str(side), **data)
    if not row.owner and action != "link.changed":
        work.emit(action, row.id, row.supplier, buyer=row.buyer, supplier=row.supplier, by=str(side))
