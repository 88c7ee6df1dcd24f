"""What is on every sheet of a PDF, and what is in the file beside them."""

from collections.abc import Callable
from typing import Any

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

ATTACHMENT = "statement.json"
Foot = Callable[[Any, int, int], None]
"""Draws the foot of a sheet: canvas, its number, how many there are."""


class Sheets(Canvas):  # type: ignore[misc] # published without types
    """A canvas that knows how many sheets there are, and attaches the data that they were written from."""

    def __init__(self, *args: Any, foot: Foot, data: bytes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._foot, self._data = foot, data
        self._sheets: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keep the sheet: its foot says how many there are."""
        self._sheets.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw the feet, attach the data, make the file whole."""
        sheets = self._sheets
        for number, sheet in enumerate(sheets, 1):
            self.__dict__.update(sheet)
            self._foot(self, number, len(sheets))
            super().showPage()
        _attach(self._doc, self._data)
        super().save()


def _attach(document: Any, data: bytes) -> None:
    """The data as an embedded file (ISO 32000-1, 7.11.4), which reportlab has no words for."""
    stream = pdfdoc.PDFStream(
        dictionary=pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("EmbeddedFile"),
                "Subtype": pdfdoc.PDFName("application#2Fjson"),
                "Params": pdfdoc.PDFDictionary({"Size": len(data)}),
            }
        ),
        content=data,
        filters=[pdfdoc.PDFZCompress],
    )
    name = pdfdoc.PDFString(ATTACHMENT)
    file = pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("Filespec"),
            "F": name,
            "UF": name,
            "AFRelationship": pdfdoc.PDFName("Source"),
            "EF": pdfdoc.PDFDictionary({"F": document.Reference(stream)}),
        }
    )
    reference = document.Reference(file)
    embedded = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([name, reference])})
    document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": embedded})
