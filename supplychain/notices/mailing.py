"""A digest by e-mail, through the mail server of the settings."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from supplychain import lease
from supplychain.accounts.models import Person
from supplychain.config import Settings
from supplychain.i18n import sentence
from supplychain.jobs import Job
from supplychain.network.models import Organization
from supplychain.notices import queries
from supplychain.notices.models import Digest, Notice
from supplychain.notices.operations import opt_out_token
from supplychain.notices.rules import MOVES, Frequency, Kind, Move
from supplychain.work import Runtime, Work, run

JOB: Final = "notice-mail"
TIMEOUT = 30.0
"""Seconds for each answer of a mail server."""


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Send a digest. Raises LeaseLost, and what the mail server or the network raises: the job is tried again.

    Killed between the server's yes and our own, it is sent once more under the same Message-ID. Nothing is sent to
    who opted out meanwhile, nor what a later digest told already.
    """
    letter = run(runtime, lambda work: _letter(work, job.payload["digest"]))
    if letter is not None:
        _send(runtime.settings, letter)

    def done(work: Work) -> None:
        row = work.session.get_one(Digest, job.payload["digest"])
        if letter is not None:
            row.sent_at = work.now
            work.record("notices.mailed", row.id, row.organization)
        lease.finish(work.session, Job, job.number, owner, work.now)

    run(runtime, done)


def _letter(work: Work, number: int) -> EmailMessage | None:
    digest = work.session.get_one(Digest, number)
    frequency, without = queries.preference(work, digest.person, digest.organization)
    seated = (digest.person, digest.organization) in queries.seats(work)
    if digest.sent_at is not None or frequency is Frequency.NEVER or not seated:
        return None
    after = queries.last_sent(work, digest.person, digest.organization)
    notices = queries.between(work, digest.organization, after, digest.upto, without)
    if not notices:
        return None
    person = work.session.get_one(Person, digest.person)
    organization = work.session.get_one(Organization, digest.organization)
    return letter(work.runtime.settings, digest, person, organization, notices, work.now)


def letter(
    settings: Settings,
    digest: Digest,
    person: Person,
    organization: Organization,
    notices: Sequence[Notice],
    now: datetime,
) -> EmailMessage:
    """The digest in the person's language: first what is theirs to do, then what is good to know."""
    language = person.language
    base = settings.public_url.rstrip("/")
    stop = f"{base}/notices/opt-out?token={opt_out_token(settings.secret, person.number, organization.number)}"
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = Address(" ".join(person.name.split()), addr_spec=person.email)
    named = {"organization": " ".join(organization.name.split()), "count": len(notices)}
    message["Subject"] = sentence("mail.subject", language, named)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{digest.id}@{urlsplit(base).hostname}>"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    parts = [sentence("mail.opening", language, {**named, "day": digest.day.isoformat()})]
    for move in Move:
        lines = [f"- {queries.text(one)[language]}" for one in notices if MOVES[Kind(one.kind)] is move]
        if lines:
            parts.append("\n".join([sentence(f"mail.{move}", language), *lines]))
    parts.append(sentence("mail.closing", language, {"url": f"{base}/v1/notices", "stop": stop}))
    message.set_content("\n\n".join(parts) + "\n")
    return message


def _send(settings: Settings, message: EmailMessage) -> None:
    place = urlsplit(settings.smtp_url)
    with _connected(place) as server:
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        server.send_message(message)


def _connected(place: SplitResult) -> smtplib.SMTP:
    host, context = place.hostname or "", ssl.create_default_context()
    if place.scheme == "smtps":
        return smtplib.SMTP_SSL(host, place.port or 465, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(host, place.port or 587, timeout=TIMEOUT)
    if place.scheme == "smtp+starttls":
        server.starttls(context=context)
    return server
