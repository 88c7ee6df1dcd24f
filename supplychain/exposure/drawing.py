"""The picture as SVG: it asks for nothing, and is read in black and white as well, for every status has its sign."""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final
from xml.etree import ElementTree as ET

from graph.exposure import NOT_OWING
from supplychain.conformity.wording import SEVERITY
from supplychain.exports.headings import word
from supplychain.exposure.picture import Node, Picture
from supplychain.i18n import sentence

COLUMN, BOX, ROW, TOP, LEFT, BAR = 236, 168, 24, 96, 130, 300
"""Widths of a column and a box, height of a row, room above and at the left, height of the tallest bar."""
LONGEST: Final = 18
"""Letters of a name; a Chinese one takes the room of two."""
SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "overdue": ("#b42318", "‼"),
    "expired": ("#c4561a", "×"),
    "gap": ("#e0a100", "−"),
    "not_assessed": ("#7a8594", "?"),
    "awaiting_confirmation": ("#5b7fb5", "…"),
    "private": ("#8a6fb0", "·"),
    "waived": ("#3f8fa3", "~"),
    "announced": ("#9bb8d6", "›"),
    "met": ("#1a7f4b", "✓"),
    NOT_OWING: ("#d5dae1", "–"),
}
"""The colour and the sign of a status."""
_WEAK, _INK, _QUIET = "#b42318", "#1c2430", "#5b6675"
_FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDE: Final = "\u2e80"


def svg(picture: Picture, language: str) -> bytes:
    """The picture in a language."""
    return _Drawing(picture, language).written()


class _Drawing:
    def __init__(self, picture: Picture, language: str) -> None:
        self.picture, self.language = picture, language
        self.bars = 0 if picture.every else BAR + 3 * ROW
        rows = max((len(column) for column in picture.nodes.values()), default=1)
        self.height = TOP + self.bars + max(rows, 6) * ROW + 150
        self.width = max(LEFT + COLUMN * (max(picture.counts, default=0)) + 20, 900)
        self.root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": _FONT})
        sizes = {"viewBox": f"0 0 {self.width} {self.height}", "width": self.width, "height": self.height}
        self.root.attrib |= {name: str(value) for name, value in {**sizes, "font-size": 12}.items()}
        veiled = [[one.id for one in column if one.label is None] for column in picture.nodes.values()]
        self.veiled = {one: at for column in veiled for at, one in enumerate(column, 1)}
        self.places = {
            one.id: (self._x(tier), TOP + self.bars + at * ROW)
            for tier, column in picture.nodes.items()
            for at, one in enumerate(column)
        }

    def written(self) -> bytes:
        """The whole drawing."""
        self._titles()
        self._lines()
        self._reader()
        for tier, counts in self.picture.counts.items():
            self._column(tier, counts)
        for column in self.picture.nodes.values():
            for one in column:
                self._box(one)
        self._legend()
        written: bytes = ET.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return written

    def _say(self, code: str, **values: Any) -> str:
        return sentence(f"picture.{code}", self.language, values)

    def _x(self, tier: int) -> int:
        return LEFT + COLUMN * (tier - 1)

    def _draw(self, name: str, **attributes: Any) -> ET.Element:
        named = {key.strip("_").replace("_", "-"): str(value) for key, value in attributes.items()}
        return ET.SubElement(self.root, name, named)

    def _text(self, x: float, y: float, text: str, **attributes: Any) -> None:
        self._draw("text", x=x, y=y, **{"fill": _INK, **attributes}).text = _NOT_XML.sub("\ufffd", text)

    def _titles(self) -> None:
        shown = self.picture
        about = self._say("of_one", title=shown.about) if shown.about is not None else self._say("of_all")
        heading = self._say("title", reader=shown.reader, day=shown.day)
        ET.SubElement(self.root, "title").text = _NOT_XML.sub("\ufffd", f"{heading} {about}")
        ET.SubElement(self.root, "desc").text = self._say("says")
        self._draw("rect", x=0, y=0, width=self.width, height=self.height, fill="#ffffff")
        self._text(16, 28, heading, font_size=18, font_weight=600)
        self._text(16, 50, about, fill=_QUIET)

    def _reader(self) -> None:
        self._draw("rect", x=16, y=TOP, width=84, height=ROW - 4, rx=4, fill=_INK)
        self._text(58, TOP + 14, _short(self.picture.reader, 10), fill="#ffffff", text_anchor="middle")

    def _lines(self) -> None:
        # The marked ones last, over the others.
        for (buyer, supplier), weak in sorted(self.picture.edges.items(), key=lambda pair: (pair[1], pair[0])):
            if supplier in self.places and (buyer == "" or buyer in self.places):
                x, y = (100, TOP + 10) if buyer == "" else _right(self.places[buyer])
                to_x, to_y = self.places[supplier][0], self.places[supplier][1] + 10
                bend = max(30, abs(to_x - x) // 2)
                stroke = {"stroke": _WEAK, "stroke_width": 3} if weak else {"stroke": "#b8c2cc", "stroke_width": 1}
                curve = f"M{x} {y} C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
                self._draw("path", d=curve, fill="none", class_="weak" if weak else "link", **stroke)

    def _column(self, tier: int, counts: Mapping[str, int]) -> None:
        x, total = self._x(tier), sum(counts.values())
        self._text(x, TOP - 14, self._say("tier", tier=tier, suppliers=total), font_weight=600)
        if self.picture.every:
            return
        most = max(sum(one.values()) for one in self.picture.counts.values())
        tall = BAR * total / most
        statuses = [status for status in SIGNS if counts.get(status)]
        starts = accumulate((counts[status] for status in statuses), initial=0)
        middles = []
        for status, start in zip(statuses, starts, strict=False):
            y, height = TOP + tall * start / total, tall * counts[status] / total
            bar = self._draw("rect", x=x, y=round(y, 1), width=40, height=round(height, 1), fill=SIGNS[status][0])
            ET.SubElement(bar, "title").text = self._counted(status, counts[status])
            middles.append(y + height / 2)
        self._beside(x + 48, statuses, counts, middles)
        if self.picture.nodes.get(tier):
            self._text(x, TOP + self.bars - 12, self._say("among_them"), fill=_QUIET)

    def _beside(self, x: int, statuses: Sequence[str], counts: Mapping[str, int], middles: Sequence[float]) -> None:
        """What the parts of a bar are, each near its part and none over another."""
        y = float(TOP - 6)
        for status, middle in zip(statuses, middles, strict=True):
            y = max(y + 14, middle + 4)
            self._text(x, round(y, 1), f"{SIGNS[status][1]} {self._counted(status, counts[status])}", font_size=11)

    def _counted(self, status: str, count: int) -> str:
        return f"{word(status, self.language)} {count}"

    def _box(self, one: Node) -> None:
        x, y = self.places[one.id]
        colour, sign = SIGNS[one.status]
        frame = {"stroke": _WEAK, "stroke_width": 3} if one.weak else {"stroke": "#8b95a3", "stroke_width": 1}
        dashes = {"stroke_dasharray": "4 3"} if one.label is None else {}
        box = self._draw("rect", x=x, y=y, width=BOX, height=ROW - 4, rx=4, fill="#ffffff", **frame, **dashes)
        label = one.label if one.label is not None else self._say("pseudonym", place=self.veiled[one.id])
        behind = self._say("only_way", count=one.behind) if one.behind else ""
        told = f"{one.label or one.id} · {word(one.status, self.language)} {behind}".strip()
        ET.SubElement(box, "title").text = _NOT_XML.sub("\ufffd", told)
        self._draw("rect", x=x + 3, y=y + 3, width=16, height=ROW - 10, rx=2, fill=colour)
        ink = _INK if one.status in {"gap", "announced", NOT_OWING} else "#ffffff"
        self._text(x + 11, y + 14, sign, fill=ink, text_anchor="middle", font_weight=700)
        quiet = {"fill": _QUIET, "font_style": "italic"} if one.label is None else {}
        self._text(x + 24, y + 14, _short(label, LONGEST), **quiet)
        if one.behind:
            wide = 12 + 7 * len(str(one.behind))
            self._draw(
                "rect", x=x + BOX - wide / 2, y=y + 1, width=wide, height=18, rx=9, fill=_INK, class_="chokepoint"
            )
            self._text(x + BOX, y + 14, str(one.behind), fill="#ffffff", text_anchor="middle", font_size=10)

    def _legend(self) -> None:
        y = self.height - 120
        for at, status in enumerate((*SEVERITY, NOT_OWING)):
            x, line = 16 + at % 5 * 170, y + at // 5 * 20
            colour, sign = SIGNS[status]
            self._draw("rect", x=x, y=line - 11, width=14, height=14, rx=2, fill=colour)
            total = sum(counts.get(status, 0) for counts in self.picture.counts.values())
            self._text(x + 20, line, f"{sign} {self._counted(status, total)}")
        self._draw("path", d=f"M16 {y + 42} L46 {y + 42}", stroke=_WEAK, stroke_width=3)
        self._text(52, y + 46, self._say("weakest"))
        self._draw("circle", cx=326, cy=y + 42, r=8, fill=_INK)
        self._text(340, y + 46, self._say("chokepoint"))
        total = sum(sum(counts.values()) for counts in self.picture.counts.values())
        drawn = sum(map(len, self.picture.nodes.values()))
        how = self._say("every", total=total) if self.picture.every else self._say("counted", total=total, drawn=drawn)
        self._text(16, y + 72, how, fill=_QUIET)
        self._text(16, y + 92, self._say("veiled"), fill=_QUIET)


def _right(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] + BOX, place[1] + 10


def _short(text: str, room: int) -> str:
    """So much of a text as has room."""
    used = [*accumulate(2 if letter >= _WIDE else 1 for letter in text)]
    if not used or used[-1] <= room:
        return text
    return text[: sum(one < room for one in used)].rstrip() + "…"
