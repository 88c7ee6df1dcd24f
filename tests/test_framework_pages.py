"""The pages for people: everything a pack says, in one language, as of a day; open to everybody and asking nobody."""

import html
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from supplychain.app import create_app
from supplychain.config import Settings
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import EvidenceKind, Region, SourceKind, Tag, Trust
from tests.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page

FULL = "eseec-electronics@2"
FRAMEWORKS = {one.key: one for one in load_packs(shipped_packs())}
PAGES = Path(__file__).parent.parent / "supplychain" / "pages"


@pytest.fixture
def visitor(world: World) -> FlaskClient:
    return world.app.test_client()


def read(visitor: FlaskClient, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def item(visitor: FlaskClient, path: str, identifier: str) -> str:
    text = visitor.get(path).text
    (found,) = re.findall(rf'<article class="item[^"]*" id="{identifier}".*?</article>', text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found)).split())


@pytest.mark.parametrize("key", FRAMEWORKS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_shows_every_indicator_with_its_questions_choices_and_references(
    visitor: FlaskClient, key: str, language: str
) -> None:
    told = read(visitor, f"/frameworks/{key}?language={language}")
    for one in FRAMEWORKS[key].indicators:
        asked = {target.value for target in one.targets if isinstance(target.value, str)}
        texts = [one.names, one.question, one.help, *(also.question for also in one.also)]
        texts += [choice.names for choice in one.choices if choice.id in asked]
        texts += [reference.title for reference in one.references]
        for text in texts:
            assert " ".join(text.as_dict()[language].split()) in told


def test_a_threshold_of_ours_is_shown_as_ours_and_a_number_with_its_mark(visitor: FlaskClient) -> None:
    renewable = item(visitor, f"/frameworks/{FULL}?language=en", "E21")
    assert renewable.count("† ours") == 4
    assert "Measured over 12 months † ours" in renewable
    water = item(visitor, "/frameworks/hj450-pcb@1?language=en", "HJWM")
    assert "≤ 1.3 + 0.5 n m³ per m² not read" in water
    assert "ours" not in water
    assert "Measured over 12 months not read" in water
    assert "计量期 按12个月计 未核对原文" in item(visitor, "/frameworks/hj450-pcb@1?language=zh", "HJWM")
    assert 'Kinds of printed circuit board made: Multilayer "multilayer" in board_types' in water


def test_references_are_shown_as_they_stand_on_the_day(visitor: FlaskClient) -> None:
    law, code = "Cleaner Production Promotion Law", "Ecological and Environmental Code"
    before = item(visitor, f"/frameworks/{FULL}?language=en&on=2026-08-14", "E14")
    after = item(visitor, f"/frameworks/{FULL}?language=en&on=2026-08-15", "E14")
    assert re.search(rf"{code}\s*, art\. 966.{{0,60}}not yet in force · from 2026-08-15", before)
    assert re.search(rf"{law}.{{0,80}}read on 2026-11-22 in force · from 2003-01-01 · until 2026-08-14", before)
    assert re.search(rf"{code}\s*, art\. 966.{{0,60}} in force · from 2026-08-15", after)
    assert re.search(rf"{law}.{{0,80}}no longer in force .{{0,60}}replaced by {code}", after)


def test_a_day_that_nobody_recorded_is_no_claim_to_be_in_force(visitor: FlaskClient) -> None:
    told = item(visitor, "/references?language=en", "source-SEL")
    assert "days not recorded" in told
    assert "in force" not in told


def test_the_crosswalk_shows_what_is_ours_and_until_when_an_edition_counts(visitor: FlaskClient) -> None:
    page = f"/frameworks/{FULL}?language=en&on=2026-11-22"
    certified = item(visitor, page, "standard-iso-14001")
    assert "Editions 2015 counts until 2029-05-31 · 2026" in certified
    assert re.search(r"Proves in part E01 · E02 .{0,300}not read", certified)
    assert "ours" not in certified
    assert "iso-14001 (2015) in full not read counts until 2029-05-31" in item(visitor, page, "standard-emas")
    assert re.search(r"Proves in part C01 .{0,400}† ours", item(visitor, page, "standard-smeta"))
    social = item(visitor, page, "standard-sa8000")
    assert re.search(r"Proves C01 \(up to level 3\).{0,400}edition 2014 not read", social)
    assert "Editions 2014 · 2026" in social
    assert "Asked for by C23 (Level 3, 4)" in social
    assert "Asked for by E13 (Level 3, 4: 2026)" in certified
    assert "when certificates of the 2014 edition end is not known" in social
    later = item(visitor, f"/frameworks/{FULL}?language=en&on=2029-06-01", "standard-iso-14001")
    assert "2015 counts no longer; counted until 2029-05-31 · 2026" in later


def test_a_topic_that_we_added_is_shown_as_ours(visitor: FlaskClient) -> None:
    assert "Topics Noise at the boundary † ours" in item(visitor, f"/frameworks/{FULL}?language=en", "E05")
    assert "主题 厂界噪声 † 本系统自定" in item(visitor, f"/frameworks/{FULL}?language=zh", "E05")
    assert "Topics Air and VOC Rests on" in item(visitor, f"/frameworks/{FULL}?language=en", "E04")
    assert "查证程度" in read(visitor, f"/frameworks/{FULL}?language=zh")


def test_the_library_is_narrowed_and_an_empty_choice_is_none(visitor: FlaskClient) -> None:
    told = visitor.get("/references?language=zh&topic=minerals&kind=&region=eu").text
    assert re.findall(r'id="source-([^"]+)"', told) == ["CMR"]
    assert visitor.get("/references?kind=rumour").status_code == 422


def test_the_language_is_the_browsers_unless_it_is_asked_for(visitor: FlaskClient) -> None:
    chinese = visitor.get("/frameworks", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert (chinese.headers["Content-Language"], "符合性框架" in chinese.text) == ("zh", True)
    asked = visitor.get("/frameworks?language=en", headers={"Accept-Language": "zh-CN"})
    assert (asked.headers["Content-Language"], "Conformity frameworks" in asked.text) == ("en", True)


def test_a_page_runs_nothing_of_anybody_elses(visitor: FlaskClient) -> None:
    for path in ("/frameworks", f"/frameworks/{FULL}", "/references"):
        answer = visitor.get(path)
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|https?://", answer.text)
    assert visitor.get("/frameworks/none@1").status_code == 404
    assert visitor.get("/static/pages/none.css").status_code == 404
    assert visitor.get(f"/frameworks/{FULL}?on=today").status_code == 422


def test_there_is_a_word_in_both_languages_for_all_that_packs_may_say() -> None:
    words = yaml.safe_load((PAGES / "words.yaml").read_text("utf-8"))
    assert all(set(told) == {"en", "zh"} for part in words.values() for told in part.values())
    assert words["kinds"].keys() == {one.value for one in SourceKind}
    assert words["regions"].keys() == {one.value for one in Region}
    assert words["trusts"].keys() == {one.word for one in Trust}
    assert words["evidence_kinds"].keys() == {one.value for one in EvidenceKind}
    assert words["words"].keys() >= {one.mark for one in Tag}
    templates = "".join(path.read_text("utf-8") for path in (PAGES / "templates").iterdir())
    code = templates + (PAGES / "telling.py").read_text("utf-8")
    used = set(re.findall(r"""word\(["'](\w+)["']\)""", code))
    assert words["words"].keys() >= used


# In a real browser --------------------------------------------------------------------------


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[str]:
    app = create_app(Settings(database_url=sqlite_url, files_url=str(tmp_path / "files")))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.runtime.database.dispose()


@pytest.mark.browser
def test_a_page_is_searched_in_either_language_and_goes_where_it_points(page: "Page", site: str) -> None:
    page.goto(f"{site}/frameworks/{FULL}?language=en")
    everything = page.locator("[data-find]:visible").count()
    page.locator("#search").fill("加班 overtime")
    assert page.locator("[data-find]:visible h3").first.inner_text().startswith("C0")
    assert 0 < page.locator("[data-find]:visible").count() < everything
    page.locator("#search").fill("nothing of the kind")
    page.locator("#nothing").wait_for()
    page.locator("aside a", has_text="E14").click()  # what is pointed at is shown again
    assert page.locator("#E14").is_visible()
    page.locator("#E14 .references a").first.click()
    assert page.url.endswith("#source-EEC")
    page.locator("a.language").click()
    assert page.locator("h1").inner_text() == FRAMEWORKS[FULL].names.zh


@pytest.mark.browser
@pytest.mark.parametrize("path", [*(f"frameworks/{key}" for key in FRAMEWORKS), "frameworks", "references"])
def test_a_page_fits_a_phone(page: "Page", site: str, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for language in ("en", "zh"):
        page.goto(f"{site}/{path}?language={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
