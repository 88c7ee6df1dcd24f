"""`supplychain cascade`: from three files to one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graph.bulk.arrays import Ints
from graph.bulk.cascade import Industry, obligations
from graph.bulk.due import day_number
from graph.bulk.fresh import standing as standing_from_nothing
from graph.bulk.network import MOST_LINKS, MOST_ORGANIZATIONS, Links, network_of
from graph.bulk.scopes import CodeClasses
from supplychain.cascade.keeping import Kept, check_room, keep
from supplychain.cascade.links import LinkColumns, read_links
from supplychain.cascade.mistakes import Mistakes
from supplychain.cascade.names import Names, joined
from supplychain.cascade.organizations import Groups, OrganizationColumns, kinds_of, parents_of, read_organizations
from supplychain.cascade.requirements import Requirement, demands_of, read_requirements
from supplychain.cascade.tables import check_out
from supplychain.cascade.writing import output
from supplychain.errors import Invalid

Tell = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Files:
    """What to read and what to write. keep: the folder of the state that `changing` goes on from."""

    links: Path
    requirements: Path
    organizations: Path | None
    out: Path
    keep: Path | None = None

    @property
    def read(self) -> Sequence[Path | None]:
        return self.links, self.requirements, self.organizations


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it: how many obligations, of how many requirements and links; and what deserves a second look.

    unknown_issuers: requirements whose issuer no link and no organization names, so that nobody owes.
    ignored: for each file, its columns that say nothing to the cascade.
    """

    obligations: int
    requirements: int
    links: int
    unknown_issuers: tuple[str, ...]
    ignored: dict[str, tuple[str, ...]]


def cascade(files: Files, on: date, tell: Tell, threads: int = 1) -> Report:
    """Compute who owes what on a day and write it. Raises Invalid for what the files have wrong, and OSError."""
    check_out(files.out, files.read)
    mistakes, names = Mistakes(), Names()
    requirements = read_requirements(files.requirements, mistakes)
    organizations = read_organizations(files.organizations, names, mistakes)
    links = read_links(files.links, day_number(on), names, mistakes, lambda done, of: tell("links", done, of))
    mistakes.stop_if_any()
    issuers = names.add_texts([one.issuer for one in requirements])
    sorted_names, columns = names.ranked()
    if len(sorted_names) > MOST_ORGANIZATIONS or len(links.number) > MOST_LINKS:
        raise Invalid("cascade-too-large", organizations=MOST_ORGANIZATIONS, links=MOST_LINKS)
    arrays = _links(columns, links)
    size, issued, refs = len(sorted_names), columns[issuers].tolist(), joined(columns, organizations.refs)
    parent = parents_of(size, refs, joined(columns, organizations.parents))
    groups = Groups(parent)
    kind, kinds = kinds_of(size, refs, organizations)
    industry = _industry(arrays, links.codes, requirements, groups.members(issued), kind, kinds)
    demands = demands_of(requirements, issued, groups.of)
    ids = [one.id for one in requirements]
    if files.keep is not None:
        check_room(size, demands)
    with output(files.out, sorted_names, pa.array(ids, pa.string())) as out:
        for number, owed in enumerate(obligations(industry, demands, threads=threads)):
            out.add(number, owed)
            tell("requirements", number + 1, len(ids))
    if files.keep is not None:
        standing = standing_from_nothing(arrays, size, links.codes, demands)
        keep(files.keep, Kept(standing, sorted_names, links.idle, kind, kinds, parent, ids, issued, demands, on))
    return Report(
        obligations=out.count,
        requirements=len(ids),
        links=len(links.number),
        unknown_issuers=_unknown(requirements, columns, issuers),
        ignored=_ignored(files, links, organizations),
    )


def _links(columns: Sequence[Ints], links: LinkColumns) -> Links:
    return Links(
        buyer=joined(columns, links.buyers),
        supplier=joined(columns, links.suppliers),
        number=links.number,
        code=links.code,
        valid_from=links.valid_from,
    )


def _industry(
    arrays: Links,
    codes: Sequence[str],
    requirements: Sequence[Requirement],
    sources: Sequence[int],
    kind: Ints,
    kinds: tuple[tuple[str, str], ...],
) -> Industry:
    classes = CodeClasses(codes, {prefix for one in requirements for prefix in one.hs})
    network = network_of(arrays, len(kind), classes.of_code, np.array(sources, np.int32))
    return Industry(network, classes, kind, kinds)


def _unknown(requirements: Sequence[Requirement], columns: Sequence[Ints], issuers: int) -> tuple[str, ...]:
    known = np.concatenate([np.zeros(0, np.int32), *(one for at, one in enumerate(columns) if at != issuers)])
    missing = set(columns[issuers].tolist()).difference(np.unique(known).tolist())
    pairs = zip(requirements, columns[issuers].tolist(), strict=True)
    return tuple(one.id for one, rank in pairs if rank in missing)


def _ignored(files: Files, links: LinkColumns, organizations: OrganizationColumns) -> dict[str, tuple[str, ...]]:
    found: dict[str, Any] = {files.links.name: links.ignored}
    if files.organizations is not None:
        found[files.organizations.name] = organizations.ignored
    return {name: columns for name, columns in found.items() if columns}
