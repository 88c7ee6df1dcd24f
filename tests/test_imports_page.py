"""docs/imports.md says what is so: its codes exist, and it has a row for every error of Open Supply Hub's catalogue."""

import os
import re
from pathlib import Path

import pytest
import python_calamine as calamine

from supplychain.i18n import catalogue
from supplychain.network.imports.cells import COLUMNS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "imports.md").read_text("utf-8")
DATA = Path(os.environ.get("SUPPLYCHAIN_DATA", ROOT / ".." / "shared" / "data"))
CATALOGUE = DATA / "open-apparel-registry-lists" / "0000.error_codes.xlsx"
ROWS = {cells[0]: cells[2] for cells in re.findall(r"^\| ([CT]\d{4}) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)}


@pytest.mark.data
@pytest.mark.skipif(not CATALOGUE.exists(), reason="the public data sets are not there")
def test_every_error_of_the_catalogue_has_a_row() -> None:
    rows = calamine.load_workbook(str(CATALOGUE)).get_sheet_by_name("Definitions").to_python()
    codes = {str(row[0]) for row in rows[1:] if re.fullmatch(r"[CT]\d{4}", str(row[0]))}
    assert len(codes) > 40
    assert codes == ROWS.keys()


def test_every_code_of_the_page_is_one_that_is_said() -> None:
    said = catalogue("en").keys()
    whole = PAGE.partition("## What is refused as a whole")[2]
    codes = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", whole))
    assert len(codes) > 40
    assert {code for code in codes if code not in said and f"fault.{code}" not in said} == set()


def test_every_column_is_on_the_page() -> None:
    words = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert {column for columns in COLUMNS.values() for column in columns} - words == set()
