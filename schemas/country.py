"""Countries on the wire."""

from functools import cache
from typing import Any

import pycountry
from marshmallow import ValidationError

from schemas.base import Str


@cache
def countries() -> frozenset[str]:
    """Every ISO 3166-1 alpha-2 code in use."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


class Country(Str):
    """An ISO 3166-1 alpha-2 code."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"description": "ISO 3166-1 alpha-2", "example": "CN", **kwargs.pop("metadata", {})}
        super().__init__(max=2, metadata=described, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code not in countries():
            raise ValidationError("unknown-country")
        return code
