"""A paper as a PDF: the same bytes whenever it is written by this release, with its data attached."""

import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, LongTable, PageTemplate, Paragraph, Spacer
from reportlab.platypus import Table as Box

from supplychain.statements.paper import fonts
from supplychain.statements.paper.parts import Cell, Facts, Heading, Note, Paper, Part, Table, Tone
from supplychain.statements.paper.sheet import Sheets

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
INK, ACCENT, QUIET, LINE = (HexColor(one) for one in ("#1c2430", "#123a44", "#5b6675", "#d5dce4"))
PALE = HexColor("#eef4f5")
COLOURS = {Tone.PLAIN: INK, Tone.GOOD: HexColor("#0b6b3a"), Tone.BAD: HexColor("#a61b1b")}
COLOURS |= {Tone.QUIET: QUIET, Tone.HASH: INK}
BATCH = 250
"""Rows of one table."""
SIZE, SMALL, PADDING, QR, FOOT = 8.5, 7, 3, 26 * mm, 6 * mm


def written(paper: Paper, data: bytes) -> bytes:
    """The PDF of a paper. data: what it was drawn from, attached as ``statement.json``."""
    fonts.register()
    file = io.BytesIO()
    frame = Frame(MARGIN, MARGIN + FOOT, WIDTH, A4[1] - 2 * MARGIN - FOOT, 0, 0, 0, 0)
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=f"{paper.title} · {paper.subject}",
        author=paper.subject,
        creator="supplychain",
        lang="zh-Hans" if paper.language == "zh" else "en",
        invariant=1,
        pageCompression=1,
    )
    setter = _Setter(wrap="CJK" if paper.language == "zh" else None)
    sheets = partial(Sheets, foot=partial(_foot, paper), data=data)
    with fonts.reading:
        document.build(list(setter.flow(paper)), canvasmaker=sheets)
    return file.getvalue()


def _foot(paper: Paper, canvas: Any, number: int, of: int) -> None:
    canvas.setStrokeColor(LINE)
    canvas.line(MARGIN, MARGIN, A4[0] - MARGIN, MARGIN)
    foot = Paragraph(fonts.markup(paper.foot), _style(6.5, QUIET))
    foot.wrap(WIDTH - 28 * mm, MARGIN)
    foot.drawOn(canvas, MARGIN, MARGIN - 4 * mm)
    page = Paragraph(fonts.markup(f"{paper.page_word} {number} / {of}"), _style(SMALL, QUIET, alignment=2))
    page.wrap(28 * mm, MARGIN)
    page.drawOn(canvas, A4[0] - MARGIN - 28 * mm, MARGIN - 4 * mm)


def _style(size: float, colour: Any = INK, **more: Any) -> ParagraphStyle:
    given = {"fontName": fonts.SANS, "leading": size * 1.35, **more}
    return ParagraphStyle("text", fontSize=size, textColor=colour, **given)


class _Setter:
    """Sets parts as flowables. wrap: ``CJK`` breaks lines between any two signs."""

    def __init__(self, wrap: str | None) -> None:
        self._wrap = wrap
        self._known: dict[tuple[Cell, float], Any] = {}

    def flow(self, paper: Paper) -> Iterator[Any]:
        """The head, then one part after the other."""
        yield self._head(paper)
        yield Spacer(0, 3 * mm)
        for part in paper.parts:
            yield from self._set(part)

    def _head(self, paper: Paper) -> Any:
        kind = _style(9.5, ACCENT, fontName=fonts.BOLD)
        name = _style(17, INK, fontName=fonts.BOLD, spaceBefore=2, spaceAfter=3, splitLongWords=1)
        texts = [
            Paragraph(fonts.markup(paper.title), kind),
            Paragraph(fonts.markup(paper.subject), name),
            Paragraph(fonts.markup(paper.beside), _style(SIZE, QUIET)),
        ]
        return Box(
            [[texts, _qr(paper.link)]],
            colWidths=[WIDTH - QR - 2, QR + 2],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (0, 0), 8),
                ("LINEABOVE", (0, 0), (-1, 0), 4, ACCENT),
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, LINE),
            ],
        )

    def _set(self, part: Part) -> Iterator[Any]:
        if isinstance(part, Heading):
            size, colour = (12.5, ACCENT) if part.rank == 1 else (10, INK)
            space = {"spaceBefore": size * 0.9, "spaceAfter": 3}
            yield CondPageBreak(34 * mm)  # for a heading and the first rows below it
            yield Paragraph(fonts.markup(part.text), _style(size, colour, fontName=fonts.BOLD, **space))
        elif isinstance(part, Note):
            more = {"backColor": PALE, "borderPadding": 4, "leftIndent": 4, "rightIndent": 4, "fontName": fonts.BOLD}
            more = more if part.loud else {}
            yield Paragraph(fonts.markup(part.text), _style(SIZE + 0.5, spaceBefore=4, spaceAfter=7, **more))
        elif isinstance(part, Facts):
            yield self._facts(part)
        else:
            yield from self._tables(part)

    def _facts(self, part: Facts) -> Any:
        widths = [WIDTH * 0.27, WIDTH * 0.73]
        rows = [
            [self._cell(Cell(name, tone=Tone.QUIET), widths[0]), self._cell(value, widths[1])]
            for name, value in part.rows
        ]
        return Box(rows, colWidths=widths, style=[*_SET, ("LEFTPADDING", (0, 0), (0, -1), 0)])

    def _tables(self, part: Table) -> Iterator[Any]:
        """Some rows at a time, each time with their header: to break one long table costs the square of its length."""
        whole = sum(column.share for column in part.columns)
        widths = [WIDTH * column.share / whole for column in part.columns]
        style = _style(SMALL + 0.5, QUIET, fontName=fonts.BOLD)
        head = [Paragraph(fonts.markup(column.heading), style) for column in part.columns]
        for start in range(0, len(part.rows), BATCH):
            some = part.rows[start : start + BATCH]
            rows = [[self._cell(one, width) for one, width in zip(row, widths, strict=True)] for row in some]
            yield LongTable([head, *rows], colWidths=widths, repeatRows=1, style=_RULED)
        yield Spacer(0, 4)

    def _cell(self, cell: Cell, width: float) -> Any:
        """A line that fits is drawn as it is; a paragraph costs ten times as much, so equal ones are set once."""
        bare = cell.tone is Tone.PLAIN and not cell.small and "\n" not in cell.text
        if bare and fonts.is_plain(cell.text) and stringWidth(cell.text, fonts.SANS, SIZE) <= width - 2 * PADDING:
            return cell.text
        if (cell, width) not in self._known:
            self._known[cell, width] = Paragraph(self._markup(cell), self._cell_style(cell))
        return self._known[cell, width]

    def _cell_style(self, cell: Cell) -> ParagraphStyle:
        size = SMALL if cell.tone is Tone.HASH else SIZE
        # A hash has no blanks to break at.
        wrap = "CJK" if cell.tone is Tone.HASH else self._wrap
        return _style(size, COLOURS[cell.tone], wordWrap=wrap, splitLongWords=1)

    def _markup(self, cell: Cell) -> str:
        text = fonts.markup(cell.text)
        if not cell.small:
            return text
        return f'{text}<br/><font size="{SMALL}" color="{QUIET.hexval()}">{fonts.markup(cell.small)}</font>'


_SET: Sequence[Any] = (
    ("FONT", (0, 0), (-1, -1), fonts.SANS, SIZE, SIZE * 1.35),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
)
_RULED: Sequence[Any] = (
    *_SET,
    ("LINEBELOW", (0, 0), (-1, 0), 1.2, LINE),
    ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
)


def _qr(link: str) -> Any:
    widget = QrCodeWidget(link, barWidth=QR, barHeight=QR, barBorder=0, barLevel="M")
    drawing = Drawing(QR, QR)
    drawing.add(widget)
    return drawing
