"""Pages: a walk tells every row once, and its cursor nothing."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shelves import Book, cursor_of, next_of, pages, refusal
from tests.world import Member, World

_brands = count()


@pytest.mark.parametrize("shelf", ["records", "links"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.permutations(range(18)),
    at_first=st.integers(0, 14),
    limit=st.integers(1, 5),
    later=st.lists(st.integers(1, 2), max_size=4),
    dropped=st.sets(st.integers(0, 17), max_size=3),
)
def test_a_walk_tells_no_row_twice_and_skips_none_that_is_there_throughout(
    world: World,
    shelf: str,
    names: list[int],
    at_first: int,
    limit: int,
    later: list[int],
    dropped: set[int],
) -> None:
    book = Book(world, world.join(f"Brand{next(_brands)}", "brand"), shelf)
    present, waiting = names[:at_first], names[at_first:]
    book.add(present)
    seen: list[int] = []
    for number, page in enumerate(pages(book.brand, f"{book.path}?limit={limit}")):
        assert len(page.json["items"]) <= limit
        seen += book.names(page)
        more = waiting[: later[number]] if number < len(later) else []
        waiting = waiting[len(more) :]
        book.add(more)
        if number == 0 and shelf == "records":
            book.drop(dropped)
    assert len(seen) == len(set(seen))
    throughout = set(present) - (dropped if shelf == "records" else set())
    assert throughout <= set(seen) <= set(names)


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


@pytest.fixture
def book(world: World, brand: Member) -> Book:
    book = Book(world, brand, "records")
    book.add(range(5))
    return book


def test_the_last_page_names_no_next_one(book: Book) -> None:
    assert [len(page.json["items"]) for page in pages(book.brand, "/v1/records?limit=2")] == [2, 2, 1]
    assert [len(page.json["items"]) for page in pages(book.brand, "/v1/records?limit=5")] == [5]


def test_the_next_page_keeps_the_filters(world: World, brand: Member) -> None:
    book = Book(world, brand, "links")
    book.add(range(3))
    following = next_of(brand.get("/v1/links?role=buyer&limit=2"))
    assert following is not None
    assert "role=buyer" in following
    assert "limit=2" in following
    assert following.startswith("/v1/links?")


def test_a_page_has_one_to_two_hundred_rows(brand: Member) -> None:
    for limit in ("0", "201", "x", "-1", "1.5", ""):
        assert refusal(brand.get(f"/v1/records?limit={limit}")) == (422, "invalid-payload"), limit
    for limit in ("1", "200"):
        assert brand.get(f"/v1/records?limit={limit}").status_code == 200


def test_a_forged_cursor_is_refused(book: Book) -> None:
    real = cursor_of(book.brand, "/v1/records?limit=2")
    revision = book.brand.get("/v1/me").headers["Revision"]
    swapped = real[:40] + ("A" if real[40] != "A" else "B") + real[41:]
    for forged in ("x", "", "é", real[:-4], swapped, real + "A", revision):
        answer = book.brand.get(f"/v1/records?limit=2&cursor={forged}")
        assert refusal(answer) == (400, "cursor-unreadable"), forged


def test_a_cursor_serves_its_own_list_and_reader_only(world: World, book: Book) -> None:
    real = cursor_of(book.brand, "/v1/records?limit=2")
    other = world.join("Other", "brand")
    elsewhere = (
        other.get(f"/v1/records?limit=2&cursor={real}"),
        book.brand.get(f"/v1/links?cursor={real}"),
        book.brand.get(f"/v1/organizations?cursor={real}"),
        book.brand.get(f"/v1/records?q=0&cursor={real}"),
    )
    told = {refusal(answer) for answer in elsewhere}
    assert told <= {(400, "cursor-of-another-list"), (422, "invalid-payload")}
    assert refusal(elsewhere[0]) == refusal(elsewhere[1]) == (400, "cursor-of-another-list")


def test_a_cursor_may_be_followed_with_another_limit(book: Book) -> None:
    real = cursor_of(book.brand, "/v1/records?limit=2")
    assert book.names(book.brand.get(f"/v1/records?limit=3&cursor={real}")) == [2, 3, 4]


def test_a_cursor_tells_its_bearer_nothing(book: Book) -> None:
    first, second = (cursor_of(book.brand, "/v1/records?limit=2") for _ in range(2))
    assert first != second
