"""Where organizations are, what they do and whom they belong to, read from a file."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from graph.bulk.arrays import Ints
from supplychain.cascade.mistakes import Mistakes
from supplychain.cascade.names import Names
from supplychain.cascade.tables import table
from supplychain.cascade.values import Interned, Reader, known

REQUIRED: Final = ("ref",)
OPTIONAL: Final = ("country", "sector", "parent")
NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class OrganizationColumns:
    """refs, parents: numbers of columns among the names. country, sector: for each row, the number of its text."""

    refs: tuple[int, ...]
    parents: tuple[int, ...]
    country: Ints
    sector: Ints
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    ignored: tuple[str, ...]


def read_organizations(path: Path | None, names: Names, mistakes: Mistakes) -> OrganizationColumns:
    """Read organizations; none without a file. Raises Invalid where it is no table of them."""
    countries, sectors = Interned(str.upper), Interned()
    refs: list[int] = []
    parents: list[int] = []
    country, sector = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    file = None if path is None else table(path, REQUIRED, OPTIONAL)
    seen: dict[str, int] = {}
    for columns in () if file is None else file.read():
        read, first, arrays = Reader(file.path, mistakes), columns.first, columns.arrays  # type: ignore[union-attr]
        ref = read.named(first, "ref", arrays["ref"])
        _tell_twins(file.path, seen, ref, first, mistakes)  # type: ignore[union-attr]
        refs.append(names.add(ref))
        none = np.zeros(len(columns), np.int32)
        country.append(read.codes(first, "country", arrays["country"], countries) if "country" in arrays else none)
        sector.append(read.codes(first, "sector", arrays["sector"], sectors) if "sector" in arrays else none)
        parent = arrays.get("parent", pa.nulls(len(columns), pa.string()).dictionary_encode())
        parents.append(names.add(known(parent)))
    return OrganizationColumns(
        tuple(refs),
        tuple(parents),
        np.concatenate(country),
        np.concatenate(sector),
        countries.texts,
        sectors.texts,
        () if file is None else file.ignored,
    )


def _tell_twins(path: Path, seen: dict[str, int], ref: Any, first: int, mistakes: Mistakes) -> None:
    for row, name in enumerate(ref.to_pylist(), first):
        if name and seen.setdefault(name, row) != row:
            mistakes.rows(path, [row], "ref", "listed-twice", row=seen[name])


def kinds_of(size: int, refs: Ints, organizations: OrganizationColumns) -> tuple[Ints, tuple[tuple[str, str], ...]]:
    """For each of so many which kind of organization it is, by country and sector; who is not listed has neither.

    refs: the number of each that is listed.
    """
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


def parents_of(size: int, refs: Ints, parents: Ints) -> Ints:
    """For each of so many the number of its parent, -1 where none is known."""
    found = np.full(size, NOBODY, np.int32)
    found[refs] = parents
    return found


class Groups:
    """Who belongs to whom (domain rules: cascade, rule 2): an organization and everything it owns, at any depth."""

    def __init__(self, parent: Ints) -> None:
        """parent: as `parents_of` has it."""
        self._children: dict[int, list[int]] = defaultdict(list)
        owned = np.flatnonzero(parent >= 0)
        for one, other in zip(owned.tolist(), parent[owned].tolist(), strict=True):
            self._children[other].append(one)
        self._groups: dict[int, tuple[int, ...]] = {}

    def of(self, issuer: int) -> tuple[int, ...]:
        """The issuer's group, sorted."""
        if issuer not in self._groups:
            group = {issuer}
            waiting = [issuer]
            while waiting:
                below = set(self._children.get(waiting.pop(), ())) - group
                group |= below
                waiting += below
            self._groups[issuer] = tuple(sorted(group))
        return self._groups[issuer]

    def members(self, issuers: Iterable[int]) -> Sequence[int]:
        """Everybody in the group of any of them."""
        return sorted({member for issuer in issuers for member in self.of(issuer)})
