"""The formats of a whole list, and what each is called."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from schemas.base import EXPORT_FORMATS

JSON_TYPE: Final = "application/json"
CSV_TYPE: Final = "text/csv"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Format(StrEnum):
    """How a whole list is written down; the value is the ending of a file's name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.CSV: CSV_TYPE,
    Format.XLSX: XLSX_TYPE,
    Format.JSON: JSON_TYPE,
}
BY_MEDIA_TYPE: Final[Mapping[str, Format]] = {CSV_TYPE: Format.CSV, XLSX_TYPE: Format.XLSX}
"""What ``Accept`` asks a whole list by; JSON is what a page is in already."""
assert tuple(map(str, Format)) == EXPORT_FORMATS
