"""What a buyer's list says of how large a supplier is and what it makes: the buyer's own word, which no rule reads.

What an organization states of itself is a fact, told by nobody else and never by a list (docs/facts.md).
"""

from typing import Final

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

FIGURES: Final = ("staff", "revenue_cny", "assets_cny", "figures_year", "industry_code")


class Figures:
    """The columns of a record. revenue_cny, assets_cny: yuan. figures_year: of which calendar year the figures are.

    industry_code: as the list writes it; of whichever classification.
    """

    staff: Mapped[float | None]
    revenue_cny: Mapped[float | None]
    assets_cny: Mapped[float | None]
    figures_year: Mapped[int | None]
    industry_code: Mapped[str | None] = mapped_column(String(80))
