"""Text that a spreadsheet would take for a formula, and back; pure, and exact both ways.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break is a formula to a spreadsheet that opens a CSV
(OWASP: CSV injection). An apostrophe before it makes it text. What begins with apostrophes before such a character
gets one more, so that taking one away always gives back what there was.
"""

import re
from typing import Final

DANGEROUS: Final = "=+\\-@\t\r\n＝＋－＠"
_TO_DEFUSE: Final = re.compile(f"'*[{DANGEROUS}]")
_DEFUSED: Final = re.compile(f"'+[{DANGEROUS}]")


def defused(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return f"'{text}" if _TO_DEFUSE.match(text) else text


def undefused(cell: str) -> str:
    """What a cell said before it was defused; a cell that never was is left alone."""
    return cell[1:] if cell[:1] == "'" and _DEFUSED.match(cell) else cell
