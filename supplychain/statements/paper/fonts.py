"""The fonts of a PDF, which carries what it uses of them: Latin, Greek and Cyrillic in one, Chinese in the other."""

from functools import cache
from importlib.resources import as_file, files
from itertools import groupby
from threading import RLock
from unicodedata import normalize
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SANS, BOLD, HAN = "Sans", "Sans-Bold", "Han"
reading = RLock()
"""Held while fonts are read: each is one file with one place in it, whoever reads."""
_FILES = {SANS: "NotoSans-Regular.ttf", BOLD: "NotoSans-Bold.ttf", HAN: "DroidSansFallbackFull.ttf"}


def register() -> None:
    """Read the fonts, once a process: a document must not see one exchanged for its like while it is written."""
    with reading:
        _register()


@cache
def _register() -> None:
    rl_config.useA85 = 0  # bytes as they are: a quarter less
    for name, file in _FILES.items():
        with as_file(files("supplychain") / "static" / "fonts" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
    # Chinese has no bold of its own here: colour and size say what is a heading.
    pdfmetrics.registerFontFamily(SANS, normal=SANS, bold=BOLD, italic=SANS, boldItalic=BOLD)
    pdfmetrics.registerFontFamily(HAN, normal=HAN, bold=HAN, italic=HAN, boldItalic=HAN)


@cache
def _signs(font: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


def is_plain(text: str) -> bool:
    """Whether one font has every sign of a text."""
    return all(ord(sign) in _signs(SANS) for sign in text)


def shown(text: str) -> str:
    """A text with what no font has in plainer signs, Ⅲ as III, else as code points: nothing may vanish from a paper."""
    if is_plain(text):
        return text
    return "".join(sign if _font(sign) or sign == "\n" else _plainer(sign) for sign in text)


def _plainer(sign: str) -> str:
    plain = normalize("NFKC", sign)
    return plain if all(map(_font, plain)) else f"[U+{ord(sign):04X}]"


def markup(text: str) -> str:
    """A text as reportlab's paragraphs take it, escaped, each run in a font that has its signs."""
    parts = []
    for font, run in groupby(shown(text), _font):
        part = escape("".join(run)).replace("\n", "<br/>")
        parts.append(f'<font name="{HAN}">{part}</font>' if font == HAN else part)
    return "".join(parts)


def _font(sign: str) -> str | None:
    if ord(sign) in _signs(SANS):
        return SANS
    return HAN if ord(sign) in _signs(HAN) else None
