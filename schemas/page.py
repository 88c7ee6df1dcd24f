"""What may be asked of the pages for people."""

from schemas.base import BaseSchema, Choice, Day, Str
from schemas.framework import SOURCE_KINDS
from schemas.reference import REGIONS


class PageViewQuery(BaseSchema):
    """In which language, and as of which day."""

    language = Choice(("en", "zh"), metadata={"description": "Default: what the browser asks for"})
    on = Day(metadata={"description": "What is in force on this day; default: today"})


class OptOutQuery(PageViewQuery):
    """Whose digests: what the link in one of them carries."""

    token = Str(required=True, max=400)


class LibraryPageQuery(PageViewQuery):
    """Which sources; all of them unless filtered. An empty choice is none."""

    topic = Str(max=80)
    kind = Choice(("", *SOURCE_KINDS))
    region = Choice(("", *REGIONS))
