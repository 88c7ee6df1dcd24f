"""What requirements and organizations a kept state is to answer for from now on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from graph.bulk.arrays import Ints
from supplychain.cascade.keeping import Kept, check_room
from supplychain.cascade.mistakes import Mistakes
from supplychain.cascade.names import Names, joined
from supplychain.cascade.organizations import (
    NOBODY,
    Groups,
    OrganizationColumns,
    kinds_of,
    parents_of,
    read_organizations,
)
from supplychain.cascade.requirements import Requirement, demands_of, read_requirements


@dataclass(frozen=True, slots=True)
class Asked:
    """Whole lists instead of those of the state; None where those stay. names: of the organizations' columns."""

    requirements: Sequence[Requirement] | None
    organizations: OrganizationColumns | None
    names: Names


def read_asked(requirements: Path | None, organizations: Path | None, mistakes: Mistakes) -> Asked:
    """Read the lists that there are. Raises Invalid where a file is none of them."""
    names = Names()
    return Asked(
        None if requirements is None else read_requirements(requirements, mistakes),
        None if organizations is None else read_organizations(organizations, names, mistakes),
        names,
    )


def asked_of(kept: Kept, asked: Asked) -> tuple[Kept, tuple[str, ...]]:
    """The state that answers for these, made in place; requirements whose issuer is named for the first time.

    Only new ways are walked. Raises Invalid where the state would be too large to keep.
    """
    if asked.requirements is None and asked.organizations is None:
        return kept, ()
    if asked.organizations is not None:
        kept = _settled(kept, asked.organizations, asked.names)
    kept, unknown = _listed(kept, asked.requirements)
    check_room(kept.standing.size, kept.demands)
    kept.standing.ask(kept.demands)
    kept.standing.moved[:] = 0  # what moves with links is looked at; of other requirements all rows are
    return kept, unknown


def _settled(kept: Kept, organizations: OrganizationColumns, names: Names) -> Kept:
    """Organizations are what a list says, and who is not on it has neither country, sector nor parent."""
    texts, columns = names.ranked()
    kept, numbers = kept.naming(texts)

    def numbered(some: Sequence[int]) -> Ints:
        found: Ints = np.append(numbers, NOBODY).astype(np.int32)[joined(columns, some)]
        return found

    size, refs = kept.standing.size, numbered(organizations.refs)
    kind, kinds = kinds_of(size, refs, organizations)
    parent = parents_of(size, refs, numbered(organizations.parents))
    return replace(kept, kind=kind, kinds=kinds, parent=parent)


def _listed(kept: Kept, requirements: Sequence[Requirement] | None) -> tuple[Kept, tuple[str, ...]]:
    if requirements is None:
        groups = Groups(kept.parent)
        pairs = zip(kept.demands, kept.issuers, strict=True)
        return replace(kept, demands=[replace(one, group=groups.of(issuer)) for one, issuer in pairs]), ()
    known = kept.standing.size
    kept, numbers = kept.naming(pa.array([one.issuer for one in requirements], pa.string()))
    issuers = numbers.tolist()
    demands = demands_of(requirements, issuers, Groups(kept.parent).of)
    unknown = tuple(one.id for one, issuer in zip(requirements, issuers, strict=True) if issuer >= known)
    return replace(kept, ids=[one.id for one in requirements], issuers=issuers, demands=demands), unknown
