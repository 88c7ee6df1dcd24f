"""The ground on which worlds are built: organizations, links, ownership and records, as rows and facts."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from sqlalchemy import select

from supplychain.db import Base
from supplychain.network import facts
from supplychain.network.models import Organization, OwnershipRow, SupplierRecord, SupplyLink
from supplychain.work import Work
from tests.world import World

Row = TypeVar("Row", bound=Base)


def org(name: str) -> str:
    """The public id of an organization."""
    return f"org_{name}"


class Ground:
    """Organizations, links, ownership and records, by short names."""

    def __init__(self, world: World, work: Work) -> None:
        self.world = world
        self.work = work

    def organization(self, name: str, **attributes: Any) -> Organization:
        """The organization of that name, made if need be; attributes change one that is there."""
        row = self._found(Organization, org(name))
        if row is None:
            given = {"name": name.replace("_", " ").title(), "country": "CN", "claim": "verified", **attributes}
            row = self._add(Organization(id=org(name), created_at=self.work.now, **given))
            self.work.change(facts.of_organization(row))
        elif attributes:
            self.change(row, attributes)
        return row

    def change(self, row: Organization, attributes: Mapping[str, Any]) -> None:
        """Set attributes, consents included."""
        for name, value in attributes.items():
            setattr(row, name, value)
        self.work.session.flush()
        self.work.change(facts.of_organization(row))
        self.work.touch(row.number)

    def number(self, name: str) -> int:
        """The internal number of an organization."""
        return self.organization(name).number

    def chain(self, text: str, category: str = "", **values: Any) -> list[SupplyLink]:
        """The links of ``"brand > mill > spinner"``, each buyer left of its supplier."""
        names = [part.strip() for part in text.split(">")]
        return [self.link(*pair, category, **values) for pair in pairwise(names)]

    def link(
        self,
        buyer: str,
        supplier: str,
        category: str = "",
        *,
        state: str = "confirmed",
        disclosure: str = "identity",
        since: date | None = None,
        until: date | None = None,
        private_to: str | None = None,
        **values: Any,
    ) -> SupplyLink:
        """A link in one state; the same ends and category again change it. private_to: whose knowledge it is."""
        parts = ["lnk", buyer, supplier, *([category] if category else []), *([private_to] if private_to else [])]
        stated: dict[str, Any] = {
            "disclosure_buyer": disclosure,
            "disclosure_supplier": disclosure,
            "periods": [[_text(since), _text(until), "private" if private_to else state]],
            **values,
        }
        public = stated.pop("id", "_".join(parts))
        row = self._found(SupplyLink, public)
        if row is None:
            row = self._add(
                SupplyLink(
                    id=public,
                    buyer=self.number(buyer),
                    supplier=self.number(supplier),
                    category=category,
                    owner=self.number(private_to) if private_to else 0,
                    created_at=self.work.now,
                    **stated,
                )
            )
        else:
            for name, value in stated.items():
                setattr(row, name, value)
            self.work.session.flush()
        self.work.change(facts.of_link(row))
        return row

    def own(
        self,
        parent: str,
        child: str,
        *,
        confirmed: bool = True,
        since: date | None = None,
        until: date | None = None,
    ) -> OwnershipRow:
        """The child is below the parent; unconfirmed ones are claimed by the parent alone."""
        row = self._add(
            OwnershipRow(
                id=f"own_{parent}_{child}",
                parent=self.number(parent),
                child=self.number(child),
                valid_from=since,
                valid_to=until,
                confirmed_by_parent=True,
                confirmed_by_child=confirmed,
                claimed_by=self.number(parent),
                created_at=self.work.now,
            )
        )
        self.work.change(facts.of_ownership(row))
        return row

    def record(self, owner: str, about: str, **values: Any) -> SupplierRecord:
        """The owner's private row about an organization."""
        given = {"code": f"{owner}-{about}", "name": f"{about} of {owner}", **values}
        row = self._add(
            SupplierRecord(
                id=f"rec_{owner}_{about}",
                owner=self.number(owner),
                organization=self.number(about),
                created_at=self.work.now,
                **given,
            )
        )
        self.work.change(facts.of_record(row))
        return row

    def _add(self, row: Row) -> Row:
        self.work.session.add(row)
        self.work.session.flush()
        return row

    def _found(self, model: type[Row], public: str) -> Row | None:
        return self.work.session.scalar(select(model).filter_by(id=public))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
