"""From bytes to text: a byte-order mark, else strict UTF-8, else the encoding under which the text looks written.

A guess is judged by the characters that are not ASCII: real text uses the common ones of its language, and letters of
one script stand together. Wrongly read text shows rare ideographs, capitals inside words and signs between letters.
"""

import codecs
import re
import unicodedata
from functools import cache
from itertools import islice, pairwise
from typing import Final

import charset_normalizer

from supplychain.errors import Invalid, Malformed

_MARKS: Final = (  # UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EAST_ASIAN: Final = ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp")
_ONE_BYTE: Final = {
    "cp1252": "äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøùúûœšžÀÁÂÃÅÆÇÈÉÊËÍÎÑÓÔÕØÚŒºª°",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚÝŽäöüßÄÖÜőűŐăâîșțşţđĐçë",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯёЁіїєґІЇЄ",
    "cp1254": "ğışçöüâîĞİŞÇÖÜ",
    "cp1257": "āčēģīķļņšūžąęėįųõäöüĀČĒĢĪĶĻŅŠŪŽ",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "mac_roman": "äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøùúûœÀÁÂÃÅÆÇÈÉÊËÍÎÑÓÔÕØÚŒºª°",
    "mac_latin2": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚÝŽäöüßÄÖÜőűŐ",
    "mac_cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯёЁ",
    "iso8859_2": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚÝŽäöüßÄÖÜőűŐ",
    "cp850": "äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøùúû",
}
"""The letters one expects of text in an encoding; the first of equals is taken."""
_TYPOGRAPHY: Final = frozenset("’‘“”„‚–—…•€§°®™©«»½²³±µ·№£ºª\u00a0¡¿")
_LATIN: Final = frozenset(map(chr, range(0xA0, 0x250)))
_ALPHABETS: Final = {
    "cp1252": ("äöüß", "àâæçéèêëîïôœùûü", "áéíñóúü", "áâãàçéêíóôõú", "àèéìòù", "åäöæøé", "éëïóöü", "áðéíóúýþæö"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž"),
    "cp1254": ("ğışçöüâîi̇",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
}
"""What languages add to ASCII: text of one language keeps to its letters, wrongly read text wanders over several."""
_ALPHABETS_OF: Final = {"mac_roman": "cp1252", "cp850": "cp1252", "iso8859_2": "cp1250", "mac_latin2": "cp1250"}
_OF_ONE_LANGUAGE: Final = 0.2
_SAMPLE: Final = 1 << 14
_STATISTICS: Final = 1 << 13
_PLAUSIBLE: Final = 0.55
_CONVINCING: Final = 0.85
_MOSTLY: Final = 20
_WORD: Final = re.compile(r"[^\W\d_]+")


def decoded(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the encoding it was read by; encoding: what the sender says it is.

    Raises Malformed for bytes that no encoding explains or that are not in the one said, Invalid for one that is not
    known.
    """
    if encoding is not None:
        return _as_said(data, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data.removeprefix(mark), name), name
    wide = _without_a_mark(data)
    if wide is not None:
        return _strict(data, wide), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_damaged(data, error.start)
    found = _guessed(data)
    if found is None:
        raise Malformed("encoding-unknown")
    return data.decode(found), found


def _as_said(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, ValueError, UnicodeError) as error:
        raise Invalid.at("query:encoding", "encoding-not-known", value=encoding[:40]) from error
    for mark, marked in _MARKS:
        if data.startswith(mark) and marked.startswith(name.removesuffix("-sig")):
            return _strict(data.removeprefix(mark), marked), marked
    return _strict(data, name), name


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Malformed("file-not-in-encoding", encoding=encoding, at=error.start) from error


def _without_a_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: text mostly of ASCII has a zero in every other byte."""
    head = data[:2048]
    if b"\0" not in head or len(data) % 2:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 5 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 5 and not odd else None


def _refuse_damaged(data: bytes, at: int) -> None:
    """Almost all of it is UTF-8, so that it is UTF-8 with a few wrong bytes: a guess would spoil the rest."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(len(run) for run in re.findall("[^\x00-\x7f\ufffd]+", text))
    if right >= wrong * _MOSTLY:
        raise Malformed("file-not-utf8", at=at)


def _guessed(data: bytes) -> str | None:
    """The likeliest of what is known here; where none convinces, of what a library of statistics adds."""
    sample = _foreign_lines(data)
    best, found = _PLAUSIBLE, None
    for name in (*_EAST_ASIAN, *_ONE_BYTE):
        likely = _likely(data, sample, name)
        if likely > best:
            best, found = likely, name
    if best < _CONVINCING:
        for match in islice(charset_normalizer.from_bytes(sample[:_STATISTICS], threshold=0.3), 3):
            likely = _likely(data, sample, match.encoding)
            if likely > best:
                best, found = likely, match.encoding
    return found


def _likely(data: bytes, sample: bytes, name: str) -> float:
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return 0.0
    if not _decodes(data, name):
        return 0.0
    return _east_asian(text, name) if name in _EAST_ASIAN else _one_byte(text, name)


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _foreign_lines(data: bytes) -> bytes:
    """The lines that tell, up to a limit; no encoding here uses a line feed inside a character."""
    kept: list[bytes] = []
    size = 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            kept.append(line)
            size += len(line)
            if size > _SAMPLE:
                break
    return b"".join(kept)


# How likely ---------------------------------------------------------------------------------


@cache
def _common(encoding: str) -> frozenset[str]:
    """The everyday characters of an East Asian encoding, by their place in the standard it grew from."""
    base, rows = {
        "gb18030": ("gb2312", ((0xA1, 0xA9), (0xB0, 0xD7))),
        "big5hkscs": ("big5", ((0xA1, 0xC6),)),
        "cp932": ("cp932", ((0x81, 0x83), (0x88, 0x97))),
        "cp949": ("euc_kr", ((0xA1, 0xA3), (0xB0, 0xC8))),
        "euc_jp": ("euc_jp", ((0xA1, 0xA5), (0xB0, 0xCF))),
    }[encoding]
    pairs = bytes(
        byte
        for first, last in rows
        for lead in range(first, last + 1)
        for trail in range(0x40, 0xFF)
        for byte in (lead, trail, 0x0A)
    )
    return frozenset(pairs.decode(base, "ignore"))


_RAREST: Final = {"gb18030": 0.0, "big5hkscs": 0.02, "cp932": -0.05, "cp949": -0.02, "euc_jp": -0.06}
"""Where two explain a text equally well."""


def _east_asian(text: str, encoding: str) -> float:
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 0.0
    common = _common(encoding)
    # It has the traditional ones too, and in four bytes, as nothing else has them, the letters of Europe.
    also = _common("big5hkscs") | _LATIN if encoding == "gb18030" else frozenset()
    score = sum(1.0 if char in common else 0.6 if char in also else -1.0 for char in foreign) / len(foreign)
    if score == 1:
        score += _OF_ONE_LANGUAGE
    if encoding in {"cp932", "euc_jp"}:
        # Half-width kana are what single bytes of other encodings look like; Japanese has full-width kana.
        half = sum("\uff61" <= char <= "\uff9f" for char in foreign) / len(foreign)
        kana = sum("\u3040" <= char <= "\u30ff" for char in foreign) / len(foreign)
        score += min(kana, 0.1) - 2 * half - (0.15 if kana < 0.02 else 0)  # noqa: PLR2004 - shares
    if encoding == "cp949":
        hangul = sum("\uac00" <= char <= "\ud7a3" for char in foreign) / len(foreign)
        # Its syllables lie where Chinese has half of its characters, never all that a text needs.
        score += 0.06 if hangul > 0.95 else -0.3 if hangul < 0.3 else 0  # noqa: PLR2004 - shares
    # Ideographs between Latin letters are two accented letters read as one character.
    inside = len(re.findall("[A-Za-z][\u2e80-\uffff][A-Za-z]", text))
    return score - 3 * inside / len(foreign) + _RAREST[encoding]


def _one_byte(text: str, encoding: str) -> float:
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 0.0
    expected = frozenset(_ONE_BYTE.get(encoding, ""))
    points = 0.0
    for char in foreign:
        if char in expected:
            points += 1
        elif char in _TYPOGRAPHY:
            points += 0.6
        elif not expected and unicodedata.category(char)[0] == "L":
            points += 0.8
        else:
            points -= 1
    for word in _WORD.findall(text):
        if not word.isascii():
            points -= _oddity(word)
    # A sign between two letters is a letter read wrongly.
    points -= 1.5 * len(re.findall(r"[^\W\d_][^\w\s'’´`\-–.&/,;|\"()\x00-\x7f][^\W\d_]", text))
    return points / len(foreign) + _OF_ONE_LANGUAGE * _of_one_language(foreign, encoding)


def _of_one_language(foreign: list[str], encoding: str) -> float:
    """The share of the letters that the language of most of them has."""
    letters = [char.lower() for char in foreign if char.isalpha() and char not in "ºª"]
    alphabets = _ALPHABETS.get(_ALPHABETS_OF.get(encoding, encoding), ())
    if not letters:
        return 1.0 if alphabets else 0.0
    return max((sum(char in alphabet for char in letters) / len(letters) for alphabet in alphabets), default=0.0)


def _oddity(word: str) -> float:
    """Capitals after small letters, and letters of two scripts in one word."""
    turned = sum(a.islower() and b.isupper() and not b.isascii() for a, b in pairwise(word))
    shouted = sum(a.isupper() and a.isascii() and b.islower() and b > "\x7f" for a, b in pairwise(word[1:]))
    scripts = {unicodedata.name(char, "?").partition(" ")[0] for char in word}
    mixed = len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "THAI"}) > 1
    return 1.5 * turned + shouted + (2.0 if mixed else 0.0)
