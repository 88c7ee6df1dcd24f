"""Lists whose rows come and go, and walks over their pages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import delete

from supplychain.network import facts
from supplychain.network.models import Organization, SupplierRecord, SupplyLink
from supplychain.work import Work
from tests.world import Answer, Member, World


def next_of(answer: Answer) -> str | None:
    """Where an answer says that the next page is."""
    found = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    assert (found is None) == ("Link" not in answer.headers)
    return found and found[1]


def pages(member: Member, path: str) -> Iterator[Answer]:
    """The pages of a list, each read when it is asked for."""
    following = path
    for _ in range(100):
        answer = member.get(following)
        assert answer.status_code == 200, answer.json
        yield answer
        found = next_of(answer)
        if found is None:
            return
        following = found
    raise AssertionError("a walk that does not end")


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def cursor_of(member: Member, path: str) -> str:
    found = re.search(r"cursor=([^&>]+)", member.get(path).headers["Link"])
    assert found is not None
    return found[1]


@dataclass
class Book:
    """A list of one brand's whose rows come and go: its records by code, or its links."""

    world: World
    brand: Member
    shelf: str

    @property
    def path(self) -> str:
        return f"/v1/{self.shelf}"

    def add(self, names: Iterable[int]) -> None:
        def body(work: Work) -> None:
            for name in names:
                other = Organization(name=f"{name}", kind="company", created_at=work.now)
                work.session.add(other)
                work.session.flush()
                work.change(facts.of_organization(other))
                self._about(work, other, name)

        self.world.do(body)

    def _about(self, work: Work, other: Organization, name: int) -> None:
        if self.shelf == "records":
            row = SupplierRecord(
                owner=self.brand.number,
                organization=other.number,
                code=f"{name:03}",
                name=f"{name}",
                created_at=work.now,
            )
            work.session.add(row)
        else:
            link = SupplyLink(
                buyer=self.brand.number,
                supplier=other.number,
                periods=[[None, None, "claimed"]],
                created_at=work.now,
            )
            work.session.add(link)
            work.session.flush()
            work.change(facts.of_link(link))

    def drop(self, names: Iterable[int]) -> None:
        codes = [f"{name:03}" for name in names]
        mine = (SupplierRecord.owner == self.brand.number, SupplierRecord.code.in_(codes))
        self.world.do(lambda work: work.session.execute(delete(SupplierRecord).where(*mine)))

    def names(self, page: Answer) -> list[int]:
        if self.shelf == "records":
            return [int(item["code"]) for item in page.json["items"]]
        return [int(item["supplier"]["name"]) for item in page.json["items"]]
