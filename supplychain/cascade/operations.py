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
from supplychain.cascade.names import Names
from supplychain.cascade.organizations import Groups, OrganizationColumns, read_organizations
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
    groups = Groups(_joined(columns, organizations.refs), _joined(columns, organizations.parents))
    sources = groups.members(columns[issuers].tolist())
    industry = _industry(arrays, len(sorted_names), columns, links, organizations, requirements, sources)
    demands = demands_of(requirements, columns[issuers].tolist(), groups.of)
    ids = [one.id for one in requirements]
    if files.keep is not None:
        check_room(len(sorted_names), demands)
    with output(files.out, sorted_names, pa.array(ids, pa.string())) as out:
        for number, owed in enumerate(obligations(industry, demands, threads=threads)):
            out.add(number, owed)
            tell("requirements", number + 1, len(ids))
    if files.keep is not None:
        size = len(sorted_names)
        standing = standing_from_nothing(arrays, size, links.codes, demands)
        keep(files.keep, Kept(standing, sorted_names, links.idle, industry.kind, industry.kinds, ids, demands, on))
    return Report(
        obligations=out.count,
        requirements=len(ids),
        links=len(links.number),
        unknown_issuers=_unknown(requirements, columns, issuers),
        ignored=_ignored(files, links, organizations),
    )


def _links(columns: Sequence[Ints], links: LinkColumns) -> Links:
    return Links(
        buyer=_joined(columns, links.buyers),
        supplier=_joined(columns, links.suppliers),
        number=links.number,
        code=links.code,
        valid_from=links.valid_from,
    )


def _industry(
    arrays: Links,
    size: int,
    columns: Sequence[Ints],
    links: LinkColumns,
    organizations: OrganizationColumns,
    requirements: Sequence[Requirement],
    sources: Sequence[int],
) -> Industry:
    classes = CodeClasses(links.codes, {prefix for one in requirements for prefix in one.hs})
    network = network_of(arrays, size, classes.of_code, np.array(sources, np.int32))
    kind, kinds = _kinds(size, _joined(columns, organizations.refs), organizations)
    return Industry(network, classes, kind, kinds)


def _kinds(size: int, refs: Ints, organizations: OrganizationColumns) -> tuple[Ints, tuple[tuple[str, str], ...]]:
    """For each rank which kind of organization it is, by country and sector; who is not listed has neither."""
    pairs = np.zeros((size, 2), np.int32)
    pairs[refs, 0], pairs[refs, 1] = organizations.country, organizations.sector
    both = pairs[:, 0].astype(np.int64) * len(organizations.sectors) + pairs[:, 1]
    found, kind = np.unique(both, return_inverse=True)
    countries, sectors = (found // len(organizations.sectors)).tolist(), (found % len(organizations.sectors)).tolist()
    kinds = [
        (organizations.countries[one], organizations.sectors[other])
        for one, other in zip(countries, sectors, strict=True)
    ]
    return kind.astype(np.int32), tuple(kinds)


def _joined(columns: Sequence[Ints], numbers: Sequence[int]) -> Ints:
    return np.concatenate([np.zeros(0, np.int32), *(columns[number] for number in numbers)])


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
