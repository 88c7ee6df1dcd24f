"""Files: what they are is seen from their bytes, they lie under their hash, and every opening is told."""

import hashlib
import io
import shutil
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from supplychain.audit import AuditEntry
from supplychain.evidence import files
from supplychain.evidence.files import FileStore, store_of, sweep
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.evidence.sniff import XLSX, media_type_of
from supplychain.evidence.structure import FileUnusable
from supplychain.idempotency import IdempotencyKey
from supplychain.work import Work
from tests import papers
from tests.papers import certificate
from tests.reviewing import JSON, assign, count, faults, form, send, submit
from tests.world import Answer, Member, World

PLAIN, CSV, PDF, PNG, JPEG = "text/plain", "text/csv", "application/pdf", "image/png", "image/jpeg"
GOOD = {
    "a PDF": ("a.pdf", papers.pdf(), PDF),
    "a PDF in capitals": ("A.PDF", papers.pdf(), PDF),
    "a PDF with line ends behind it": ("a.pdf", papers.pdf() + b"\r\n\r\n", PDF),
    "a PNG": ("a.png", papers.png(), PNG),
    "a JPEG": ("a.jpg", papers.jpeg(), JPEG),
    "a JPEG by its long name": ("a.jpeg", papers.jpeg(), JPEG),
    "a JPEG with its preview behind it": ("a.jpg", papers.jpeg() + papers.jpeg(), JPEG),
    "a workbook": ("a.xlsx", papers.xlsx(), XLSX),
    "a table": ("a.csv", b"month,kWh\n2025-01,118\n", CSV),
    "a table of Excel's": ("a.csv", "\ufeffMonat;kWh\r\nJänner;118\r\n".encode(), CSV),
    "a Chinese table": ("a.csv", "月份,电量\n一月,118\n".encode("gb18030"), CSV),
    "a text with its byte order mark": ("a.txt", "Zähler 118".encode("utf-16"), PLAIN),
}
BAD = {
    "nothing": ("a.pdf", b"", "file-empty"),
    "HTML by the name of a PDF": ("a.pdf", b"<html><script>alert(1)</script></html>", "file-type-unknown"),
    "HTML by the name of a table": ("a.csv", b"  \n<!doctype html><p>", "file-type-unknown"),
    "a drawing with scripts": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file-type-unknown"),
    "rich text": ("a.txt", b"{\\rtf1 hello}", "file-type-unknown"),
    "a program": ("a.pdf", b"MZ\x90\x00" + b"\0" * 100, "file-type-unknown"),
    "bytes": ("a.csv", bytes(range(256)), "file-type-unknown"),
    "a picture of another kind": ("a.png", b"GIF89a" + b"\0" * 20, "file-type-unknown"),
    "a zip": ("a.xlsx", papers.packed({"a.txt": b"a"}), "file-type-unknown"),
    "a text document": ("a.xlsx", papers.packed({"word/document.xml": b"a"}), "file-type-unknown"),
    "a PDF by the name of a picture": ("a.png", papers.pdf(), "file-type-mismatch"),
    "a PDF by the name of a program": ("a.pdf.exe", papers.pdf(), "file-type-mismatch"),
    "a PDF without a name": ("pdf", papers.png(), "file-type-mismatch"),
    "a picture by the name of a PDF": ("a.pdf", papers.png(), "file-type-mismatch"),
    "a workbook by its old name": ("a.xls", papers.xlsx(), "file-type-mismatch"),
    "half a PDF": ("a.pdf", papers.pdf()[:60], "file-truncated"),
    "half a PNG": ("a.png", papers.png()[:-20], "file-truncated"),
    "a PNG without its end": ("a.png", papers.png()[:-12], "file-truncated"),
    "half a JPEG": ("a.jpg", papers.jpeg()[:-4], "file-truncated"),
    "half a workbook": ("a.xlsx", papers.xlsx()[:-30], "file-truncated"),
    "a PNG with a flipped bit": ("a.png", papers.png()[:42] + b"\x55" + papers.png()[43:], "file-damaged"),
    "a JPEG without a picture": ("a.jpg", b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9", "file-damaged"),
    "a PDF after junk": ("a.txt", b"junk\n" + papers.pdf(), "file-polyglot"),
    "a page behind a PDF": ("a.pdf", papers.pdf() + b"<html></html>", "file-polyglot"),
    "a zip behind a PDF": ("a.pdf", papers.pdf() + papers.packed({"a": b"a"}) + b"\n%%EOF\n", "file-polyglot"),
    "a zip behind a PNG": ("a.png", papers.png() + papers.packed({"a": b"a"}), "file-polyglot"),
    "a page behind a JPEG": ("a.jpg", papers.jpeg() + b"<html></html>", "file-polyglot"),
    "a zip behind a JPEG": ("a.jpg", papers.jpeg() + papers.packed({"a": b"a"}), "file-polyglot"),
    "a workbook with a PDF as its comment": ("a.xlsx", papers.xlsx(comment=papers.pdf()), "file-polyglot"),
    "a page behind a workbook": ("a.xlsx", papers.xlsx() + b"<html></html>", "file-polyglot"),
    "a workbook with macros": ("a.xlsx", papers.xlsx({"xl/vbaProject.bin": b"a"}), "file-has-macros"),
    "a workbook that climbs out": ("a.xlsx", papers.xlsx({"../../etc/passwd": b"a"}), "file-damaged"),
    "a workbook that declares less than it holds": ("a.xlsx", papers.lying(30_000_000, 100), "file-truncated"),
    "a workbook that declares more than it holds": ("a.xlsx", papers.lying(70_000, 90_000), "file-damaged"),
    "a workbook packed upon itself": ("a.xlsx", papers.overlapping(), "file-inflates-too-much"),
    "a workbook of very many parts": (
        "a.xlsx",
        papers.xlsx({f"xl/{at}.xml": b"" for at in range(4001)}),
        "file-inflates-too-much",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_we_take_is_told_by_its_bytes(name: str) -> None:
    shown, data, expected = GOOD[name]
    assert media_type_of(io.BytesIO(data), len(data), shown, "") == expected
    assert media_type_of(io.BytesIO(data), len(data), shown, expected) == expected
    with pytest.raises(FileUnusable, match="file-type-mismatch"):
        media_type_of(io.BytesIO(data), len(data), shown, "text/html")


@pytest.mark.parametrize("name", BAD)
def test_what_is_broken_or_two_things_at_once_is_not_taken(name: str) -> None:
    shown, data, code = BAD[name]
    with pytest.raises(FileUnusable, match=code):
        media_type_of(io.BytesIO(data), len(data), shown, "")


@pytest.mark.parametrize("name", GOOD)
def test_no_beginning_of_a_structured_file_passes_for_the_whole(name: str) -> None:
    shown, data, expected = GOOD[name]
    if expected in {CSV, PLAIN}:
        pytest.skip("the beginning of a text is a text")
    for length in range(1, len(data.rstrip())):
        if length == len(papers.jpeg()):
            continue  # the picture before the preview is whole
        with pytest.raises(FileUnusable):
            media_type_of(io.BytesIO(data[:length]), length, shown, "")


def test_a_workbook_of_a_million_parts_is_refused_before_they_are_counted() -> None:
    data = papers.directory_bomb()
    assert len(data) < 20_000_000
    began = time.thread_time()
    with pytest.raises(FileUnusable, match="file-inflates-too-much"):
        media_type_of(io.BytesIO(data), len(data), "a.xlsx", "")
    assert time.thread_time() - began < 1


def test_a_bomb_is_refused_before_it_inflates() -> None:
    data = papers.bomb()
    assert len(data) < 300_000
    tracemalloc.start()
    began = time.thread_time()
    with pytest.raises(FileUnusable, match="file-inflates-too-much"):
        media_type_of(io.BytesIO(data), len(data), "a.xlsx", "")
    assert time.thread_time() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def test_files_that_are_not_taken_are_named_one_by_one_and_nothing_is_kept(world: World, volt: Member) -> None:
    for name in ("nothing", "half a PDF", "a zip behind a PDF", "a PDF by the name of a program"):
        shown, data, code = BAD[name]
        response = send(volt, certificate(), ("good.pdf", papers.pdf()), (shown, data))
        assert faults(response) == [("form:file/1", code)], name
    both = send(volt, certificate(), ("a.pdf", b""), ("b.png", papers.pdf()))
    assert faults(both) == [("form:file/0", "file-empty"), ("form:file/1", "file-type-mismatch")]
    assert count(world, Evidence) == count(world, StoredFile) == 0
    assert _blobs(world) == []


def test_a_file_of_the_limit_is_taken_and_one_byte_more_is_not(world: World, volt: Member) -> None:
    limit = 1000
    object.__setattr__(world.runtime.settings, "max_file", limit)
    text = b"a" * limit
    assert send(volt, certificate(), ("a.txt", text)).status_code == 201
    refused = send(volt, certificate(), ("a.txt", text + b"a"))
    assert (refused.status_code, refused.json["code"]) == (413, "file-too-large")
    assert count(world, StoredFile) == 1


def test_a_form_larger_than_any_body_is_refused(world: World, volt: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.app.config, "MAX_CONTENT_LENGTH", 10_000)
    refused = send(volt, certificate(), ("a.txt", b"a" * 20_000))
    assert (refused.status_code, refused.json["code"]) == (413, "too-large")


def test_a_file_comes_back_as_it_was_sent(world: World, volt: Member) -> None:
    data = papers.pdf(b"x" * 100_000)
    sent = send(volt, certificate(), ("Zertifikat 证书.pdf", data, PDF)).json
    stored = sent["files"][0]
    assert (stored["size"], stored["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    response = _open(volt, sent)
    assert (response.status_code, response.data, response.mimetype) == (200, data, PDF)
    disposition = response.headers["Content-Disposition"]
    assert (
        disposition == "attachment; filename=\"Zertifikat .pdf\"; filename*=UTF-8''Zertifikat%20%E8%AF%81%E4%B9%A6.pdf"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert [path.name for path in _blobs(world)] == [stored["sha256"]]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("/etc/cron.d/a.pdf", "a.pdf"),
        ("a\u202efdp.pdf", "afdp.pdf"),
        ("a" * 300 + ".pdf", "a" * 251 + ".pdf"),
    ],
)
def test_a_name_is_only_ever_shown(world: World, volt: Member, sent: str, shown: str) -> None:
    taken = send(volt, certificate(), (sent, papers.pdf()))
    assert taken.json["files"][0]["name"] == shown
    root = Path(world.runtime.settings.files_url)
    assert {path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file()} == {"sha256"}


def test_a_name_loses_the_folders_of_either_system() -> None:
    names = ("C:\\docs\\a.pdf", "..\\..\\a.pdf", "/docs/a.pdf", "../a.pdf", "a\r\n.pdf")
    assert {files._plain_name(name) for name in names} == {"a.pdf"}


def test_two_holders_of_the_same_bytes_cannot_tell(world: World, volt: Member) -> None:
    other = world.join("Other", "supplier")
    mine, theirs = (send(who, certificate(), ("a.pdf", papers.pdf())).json for who in (volt, other))
    volatile = ("id", "organization", "holder", "files")
    assert {k: v for k, v in mine.items() if k not in volatile} == {
        k: v for k, v in theirs.items() if k not in volatile
    }
    assert mine["files"][0]["id"] != theirs["files"][0]["id"]
    assert other.get(f"/v1/evidence/{theirs['id']}/files/{mine['files'][0]['id']}").status_code == 404
    assert other.get(f"/v1/evidence/{mine['id']}/files/{mine['files'][0]['id']}").status_code == 404


def test_every_opening_is_told_to_the_holder(world: World, volt: Member) -> None:
    reviewer, brand = world.join("Reviewer", "reviewer"), world.join("Brand", "brand")
    stranger = world.join("Stranger", "brand", "supplier", "reviewer")
    sent = send(volt, certificate(), ("a.pdf", papers.pdf())).json
    assert [_open(who, sent).status_code for who in (reviewer, brand, stranger)] == [404, 404, 404]
    assign(world, volt, reviewer)
    assert _open(reviewer, sent).status_code == 200
    assert reviewer.post(f"/v1/evidence/{sent['id']}/review", {"decision": "accept"}).status_code == 200
    assert _open(brand, sent).status_code == 404
    volt.post("/v1/grants", {"brand": brand.id})
    assert _open(brand, sent).status_code == 200
    openings = volt.get("/v1/me/openings").json["items"]
    assert [(one["organization"], one["organization_name"]) for one in openings] == [
        (reviewer.id, "Reviewer"),
        (brand.id, "Brand"),
    ]
    assert {one["file"] for one in openings} == {sent["files"][0]["id"]}
    assert world.join("Other", "supplier").get("/v1/me/openings").json == {"items": []}


def test_an_opening_is_told_each_time_also_under_one_key(world: World, volt: Member) -> None:
    sent = send(volt, certificate(), ("a.pdf", papers.pdf())).json
    for _ in range(2):
        assert _open(volt, sent, **{"Idempotency-Key": "same"}).data == papers.pdf()
    assert count(world, AuditEntry, AuditEntry.action == "file.opened") == 2


def test_a_file_whose_bytes_were_erased_is_gone(world: World, volt: Member) -> None:
    sent = send(volt, certificate(), ("a.pdf", papers.pdf())).json
    _blobs(world)[0].unlink()
    response = _open(volt, sent)
    assert (response.status_code, response.json["code"]) == (410, "file-erased")
    assert volt.get(f"/v1/evidence/{sent['id']}").json["files"] == sent["files"]


def test_a_store_that_cannot_be_reached_changes_nothing(world: World, volt: Member) -> None:
    folder = Path(world.runtime.settings.files_url)
    folder.write_text("a file where the folder should be")
    key = {"Authorization": f"Bearer {volt.key}", "Idempotency-Key": "k"}
    response = volt.client.post("/v1/evidence", data=form(certificate(), ("a.pdf", papers.pdf())), headers=key)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.mimetype == "application/problem+json"
    assert count(world, Evidence) == count(world, IdempotencyKey) == 0
    folder.unlink()
    assert send(volt, certificate(), ("a.pdf", papers.pdf()), **key).status_code == 201
    shutil.rmtree(folder)
    folder.write_text("gone again")
    key["Idempotency-Key"] = "k2"
    again = volt.client.post("/v1/evidence", data=form(certificate(), ("a.pdf", papers.pdf())), headers=key)
    assert (again.status_code, count(world, Evidence)) == (503, 1)


def test_a_blob_that_no_row_names_is_set_aside_for_a_day_and_then_removed(world: World, volt: Member) -> None:
    send(volt, certificate(), ("a.pdf", papers.pdf()))
    refused = send(volt, certificate(sites=["org_unknown"]), ("b.pdf", papers.pdf(b"orphan")))
    assert refused.status_code == 422
    assert len(_blobs(world)) == 2
    _go_on(world, days=0)
    assert (sweep(world.runtime), len(_blobs(world))) == (0, 2)
    _go_on(world, days=2)
    assert (sweep(world.runtime), len(_blobs(world))) == (0, 1)
    _go_on(world, days=2)
    assert (sweep(world.runtime), len(_blobs(world))) == (1, 1)
    assert (sweep(world.runtime), len(_blobs(world))) == (0, 1)


def test_bytes_that_were_set_aside_are_found_again_by_a_row_that_needs_them(world: World, volt: Member) -> None:
    sent = send(volt, certificate(), ("a.pdf", papers.pdf())).json
    sha256 = sent["files"][0]["sha256"]
    store_of(world.runtime).set_aside(sha256, world.clock.now.date())
    assert _blobs(world) == []
    assert _open(volt, sent).data == papers.pdf()
    store_of(world.runtime).set_aside(sha256, world.clock.now.date())
    world.clock.advance(3)
    assert sweep(world.runtime) == 0
    assert [path.name for path in _blobs(world)] == [sha256]


def test_no_transaction_is_open_while_files_are_stored(
    world: World, volt: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    works: list[Work] = []
    original = Work.__init__

    def remember(self: Work, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        works.append(self)

    def put(self: FileStore, sha256: str, stream: Any) -> None:
        begun.append(any(work._connection is not None for work in works))

    monkeypatch.setattr(Work, "__init__", remember)
    monkeypatch.setattr(files.FileStore, "put", put)
    assert send(volt, certificate(), ("a.pdf", papers.pdf())).status_code == 201
    assert begun == [False]


def test_what_is_refused_without_reading_files_stores_none(world: World, volt: Member) -> None:
    assert faults(send(volt, certificate(standard="x"), ("a.pdf", papers.pdf()))) == [("/standard", "unknown-standard")]
    assert _blobs(world) == []


def test_a_file_cannot_be_sent_as_json(volt: Member) -> None:
    assert submit(volt, certificate())["files"] == []
    response = volt.post("/v1/evidence", certificate(files=["fil_x"]), content_type=JSON)
    assert faults(response) == [("/files", "unknown-field")]


def _open(member: Member, evidence: dict[str, Any], **headers: str) -> Answer:
    return member.get(f"/v1/evidence/{evidence['id']}/files/{evidence['files'][0]['id']}", headers=headers)


def _blobs(world: World) -> list[Path]:
    return sorted(path for path in Path(world.runtime.settings.files_url).glob("sha256/*/*") if path.is_file())


def _go_on(world: World, days: int) -> None:
    """Blobs are dated by the machine's clock, so the world's goes on from there."""
    world.clock.now = max(world.clock.now, datetime.now(UTC)) + timedelta(days=days)
