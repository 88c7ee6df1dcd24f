"""Rows of forms that are not sent yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class QuestionnaireDraft(Base):
    """A form as far as it is filled in: nobody's evidence, and read by whoever holds it alone.

    holder: who fills it in. organization: whom it is about: the holder, or a plant of its own. framework: the version,
    ``id@version``. content: ``answers``, ``facts``, the period and the source, as they will be sent.
    """

    __tablename__ = "questionnaire_draft"

    number: Mapped[Number]
    id: Mapped[str] = public_id("drf")
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    framework: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
