"""Rows of the network as people query it; the engine reads the log instead."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, PrimaryKeyConstraint, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from graph.terms import PROVABLE
from supplychain.db import Base, Number, public_id
from supplychain.network.figures import Figures


class Organization(Base):
    """A company or a plant, in the shared directory; its role is what it does in the network.

    claim: ``unclaimed``, ``unverified`` (somebody accepted an invitation) or ``verified`` (a
    reviewer saw a document with its registered identifier). Once verified it holds its own
    attributes; before that, the first source's.
    claim_reviewer: who is to verify the claim. evidence_reviewer: whom the supplier chose (or,
    unclaimed, the operator) to review its evidence.
    listed: consents to be listed for matchmaking. training_consent: consents to be shown to
    trainers.
    proven: {attribute: {value, reviewer, on}}: which of its attributes a reviewer confirmed on a document, of
    those in ``PROVABLE``. A proof is of one value and is gone with it, whoever changes it; None = none.
    verified_facts: [{fact, values, year, valid_from, valid_to}, …]: the facts that a reviewer confirmed, as the network
    log carries them; written with the rows of the facts alone. None = none.
    merged_into: the entry of the same company that an operator found; this one only answers 308 to it
    (a number without a foreign key, which SQLite could not add to a table with rows).
    """

    __tablename__ = "organization"
    __table_args__ = (Index("ix_organization_name", "name", "id"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("org")
    kind: Mapped[str] = mapped_column(String(10), default="company")
    active: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str] = mapped_column(String(300))
    name_zh: Mapped[str | None] = mapped_column(String(300))
    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(80))
    sector: Mapped[str | None] = mapped_column(String(20))
    size: Mapped[str | None] = mapped_column(String(10))
    languages: Mapped[list[Any]] = mapped_column(default=list)
    claim: Mapped[str] = mapped_column(String(12), default="unclaimed")
    claim_reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"))
    evidence_reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"))
    accepted_reviewers: Mapped[list[Any]] = mapped_column(default=list)
    listed: Mapped[bool] = mapped_column(default=False)
    training_consent: Mapped[bool] = mapped_column(default=False)
    source: Mapped[int | None] = mapped_column(ForeignKey("organization.number"))
    proven: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    verified_facts: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    merged_into: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @validates(*PROVABLE)
    def _end_proof(self, name: str, value: str | None) -> str | None:
        proofs = self.proven or {}
        if name in proofs and proofs[name]["value"] != value:
            self.proven = {other: proof for other, proof in proofs.items() if other != name} or None
        return value


class Identifier(Base):
    """A registered identifier (LEI, USCC, VAT, GLN, D-U-N-S), checked, one owner each."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"),)

    number: Mapped[Number]
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    scheme: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(40))
    verified_at: Mapped[datetime | None]


class SupplierRecord(Figures, Base):
    """A buyer's own private row about an organization; nobody else reads or writes it.

    raw: by column, what the buyer's list wrote where reading it made another value of it.
    """

    __tablename__ = "supplier_record"
    __table_args__ = (UniqueConstraint("owner", "code"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("rec")
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    code: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(300))
    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(80))
    sector: Mapped[str | None] = mapped_column(String(20))
    size: Mapped[str | None] = mapped_column(String(10))
    spend: Mapped[float | None]
    address: Mapped[str | None] = mapped_column(String(500))
    raw: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Spelling(Base):
    """A name by which a row of a list that has nothing else to go by means one of the owner's organizations.

    name: as it is compared (without case, width and superfluous blanks). It holds while the owner has a record of
    the organization.
    """

    __tablename__ = "spelling"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    number: Mapped[Number]
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    name: Mapped[str] = mapped_column(String(300))
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)


class OwnershipRow(Base):
    """A child under a parent, dated; counts only once both ends, or a reviewer, confirmed."""

    __tablename__ = "ownership"

    number: Mapped[Number]
    id: Mapped[str] = public_id("own")
    child: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    parent: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    confirmed_by_child: Mapped[bool] = mapped_column(default=False)
    confirmed_by_parent: Mapped[bool] = mapped_column(default=False)
    confirmed_by_reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"))
    claimed_by: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    created_at: Mapped[datetime]

    @property
    def confirmed(self) -> bool:
        """Both ends agree, or a reviewer saw a document."""
        both = self.confirmed_by_child and self.confirmed_by_parent
        return both or self.confirmed_by_reviewer is not None


class SupplyLink(Base):
    """Buyer to supplier in one category; its periods each keep their own state.

    number: order of recording. owner: whose private knowledge it is (None: not private; 0 in
    the key, since NULLs are all different). periods: [[from|null, to|null, state], …] in order.
    run: counts links of one key whose periods do not touch; a touching period joins one.
    joined_into: the link that took its periods when a later one closed the gap between them.
    disclosure_buyer, disclosure_supplier: either's wish; the more closed one holds.
    dispute: who disputed (number), why (code) and a note, until it is settled.
    reviewer: who last confirmed it on a document, or settled it.
    """

    __tablename__ = "supply_link"
    __table_args__ = (
        UniqueConstraint("buyer", "supplier", "category", "owner", "run"),
        Index("ix_supply_link_supplier", "supplier"),
        Index("ix_supply_link_owner", "owner", sqlite_where=text("owner <> 0"), postgresql_where=text("owner <> 0")),
    )

    number: Mapped[Number]
    id: Mapped[str] = public_id("lnk")
    buyer: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    supplier: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    category: Mapped[str] = mapped_column(String(10), default="")
    owner: Mapped[int] = mapped_column(default=0)
    run: Mapped[int] = mapped_column(default=0)
    share: Mapped[float | None]
    flow_down: Mapped[str] = mapped_column(String(12), default="undeclared")
    disclosure_buyer: Mapped[str] = mapped_column(String(10), default="pseudonym")
    disclosure_supplier: Mapped[str] = mapped_column(String(10), default="pseudonym")
    periods: Mapped[list[Any]]
    joined_into: Mapped[int | None] = mapped_column(ForeignKey("supply_link.number"))
    dispute: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ImportRun(Base):
    """One list that a sender imported or had foreseen, and how many of its rows had which result.

    kind: ``organizations`` or ``links``. job: the job that does it, if it is too long for a request.
    dry_run: only foreseen; its rows are kept so that it can be confirmed. confirms: the dry run that it does.
    mode: ``add``, or ``replace``: links absent from the list end on valid_on. scope: HS prefixes of the links
    that the list is about (None: the codes it names). ended: so many links did.
    refusal: why it was not done, or not to its end: code, params, faults. reading: how the file was read.
    """

    __tablename__ = "import_run"

    number: Mapped[Number]
    id: Mapped[str] = public_id("imp")
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    columns: Mapped[list[Any]]
    mode: Mapped[str] = mapped_column(String(10), default="add", server_default="add")
    valid_on: Mapped[date | None]
    scope: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    dry_run: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirms: Mapped[int | None] = mapped_column(ForeignKey("import_run.number"))
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0, server_default="0")
    errors: Mapped[int] = mapped_column(default=0)
    ended: Mapped[int] = mapped_column(default=0, server_default="0")
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    job: Mapped[int | None] = mapped_column(ForeignKey("job.number"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportMapping(Base):
    """What a sender says the headings of one of its sources mean.

    source: the sender's name for it. columns: by heading, a column of ours or None. constants: by column. splits: by
    heading, the mark between values. date_order, decimal: how it writes days and numbers.
    """

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("owner", "source"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("map")
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    source: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    columns: Mapped[dict[str, Any]]
    constants: Mapped[dict[str, Any]]
    splits: Mapped[dict[str, Any]]
    date_order: Mapped[str | None] = mapped_column(String(3))
    decimal: Mapped[str | None] = mapped_column(String(1))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ImportChunk(Base):
    """At most a thousand rows of an import as they came: of a long one until it is finished, of a dry run longer.

    first: number of its first row, counted from 1.
    """

    __tablename__ = "import_chunk"
    __table_args__ = (PrimaryKeyConstraint("run", "first"),)

    run: Mapped[int] = mapped_column(ForeignKey("import_run.number"))
    first: Mapped[int]
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    rows: Mapped[list[Any]]


class ImportResult(Base):
    """What became, or would become, of one row of an import; written with its effect.

    subject: public id of the organization or link. record: what became of the sender's own record.
    of_row: the earlier row that this one repeats. state_before, state_after: of a link, on the day of the row
    nearest to today. faults: [[column, code, value, params], …]. raw: the cells of a refused row as they came.
    said: what the row said of an organization that another year's list may say otherwise: name, country, region,
    address.
    """

    __tablename__ = "import_result"
    __table_args__ = (PrimaryKeyConstraint("run", "row"),)

    run: Mapped[int] = mapped_column(ForeignKey("import_run.number"))
    row: Mapped[int]
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    status: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str | None] = mapped_column(String(40))
    record: Mapped[str | None] = mapped_column(String(10))
    of_row: Mapped[int | None]
    state_before: Mapped[str | None] = mapped_column(String(10))
    state_after: Mapped[str | None] = mapped_column(String(10))
    faults: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    raw: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    said: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ImportEnd(Base):
    """A link that a list in replace mode ended, or would end, because it is absent from it."""

    __tablename__ = "import_end"
    __table_args__ = (PrimaryKeyConstraint("run", "link"),)

    run: Mapped[int] = mapped_column(ForeignKey("import_run.number"))
    link: Mapped[int] = mapped_column(ForeignKey("supply_link.number"))
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
