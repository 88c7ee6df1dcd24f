"""Settings of one process, read from the environment once at start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PREFIX = "SUPPLYCHAIN_"
LONGEST_WINDOW = 730
"""Days that an expiry may be announced before."""
MAIL_SCHEMES = ("smtp", "smtp+starttls", "smtps")
MEBIBYTE = 1024 * 1024
DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused in production by ``check``


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set; every field is ``SUPPLYCHAIN_<NAME>`` in the environment.

    database_url: SQLAlchemy URL; SQLite (a file) by default, PostgreSQL by this one setting.
    secret: keys pseudonyms, cursors and opaque revisions; changing it changes all of them.
    files_url: object store of uploaded files (a folder, ``s3://``, ``gs://``, ``az://``).
    snapshots: folder of what the logs fold to, for all processes of one database on one machine; by default
        ``snapshots`` beside the folder of files. snapshot_rows: rows of the logs after which the worker writes a new
        one; 0 = none is written or read.
    packs: folders of conformity frameworks read besides the ones that ship with the package.
    time_zone: the zone whose calendar says which day it is.
    max_body, max_file: bytes.
    memory: bytes that what a process remembers of its answers may take, beside the facts.
    derive_limit: organizations derived in one transaction.
    listing_framework: the framework version by which the ``matchmaking`` flag is decided.
    expiring_days: how many days ahead the ``evidence_expiring`` flag looks, 1 to 730; after a change ``rebuild``.
    audit_key: PEM file (PKCS #8) of the Ed25519 key that seals the audit trail; none = drawn from ``secret``.
    audit_checkpoint: file or http(s) URL to which the worker gives every new checkpoint of the whole trail.
    public_url: where people reach this system, for the links of e-mails.
    smtp_url: the mail server of notices, ``smtp://``, ``smtp+starttls://`` or ``smtps://``, with ``user:password@``
        where it asks for them; none = notices are listed only. mail_from: who they are from.
    clock: tells the time (timezone-aware); tests replace it.
    """

    database_url: str = "sqlite:///instance/supplychain.db"
    secret: str = DEVELOPMENT_SECRET
    files_url: str = "instance/files"
    snapshots: Path | None = None
    snapshot_rows: int = 10_000
    packs: tuple[Path, ...] = ()
    time_zone: str = "UTC"
    max_body: int = 32 * MEBIBYTE
    max_file: int = 20 * MEBIBYTE
    memory: int = 320 * MEBIBYTE
    production: bool = False
    idempotency_wait_seconds: float = 5.0
    derive_limit: int = 500
    listing_framework: str = "eseec-electronics@1"
    expiring_days: int = 90
    audit_key: Path | None = None
    audit_checkpoint: str = ""
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str = ""
    mail_from: str = ""
    clock: Callable[[], datetime] = field(default=_utc_now)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read ``SUPPLYCHAIN_*``; unknown names are refused so that a typo never passes silently.

        Raises ValueError for an unknown name, a value of the wrong type, or the development
        secret in production.
        """
        values: dict[str, object] = {}
        for name, raw in environment.items():
            if name.startswith(PREFIX) and name != PREFIX + "DATA":
                key = name.removeprefix(PREFIX).lower()
                if key not in _READERS:
                    raise ValueError(f"unknown setting {name}")
                values[key] = _READERS[key](raw)
        settings = cls(**values)  # type: ignore[arg-type] # each reader returns its field's type
        settings.check()
        return settings

    @property
    def snapshot_folder(self) -> Path | None:
        """Where snapshots lie; None where there are to be none."""
        if not self.snapshot_rows:
            return None
        elsewhere = "://" in self.files_url and not self.files_url.startswith("file://")
        files = Path("instance/files" if elsewhere else self.files_url.removeprefix("file://"))
        return self.snapshots or files.parent / "snapshots"

    def check(self) -> None:
        """Refuse settings that cannot be right. Raises ValueError."""
        ZoneInfo(self.time_zone)
        if not 1 <= self.expiring_days <= LONGEST_WINDOW:
            raise ValueError(f"SUPPLYCHAIN_EXPIRING_DAYS must be 1 to {LONGEST_WINDOW}")
        if self.memory < 0:
            raise ValueError("SUPPLYCHAIN_MEMORY must be 0 or more")
        if self.snapshot_rows < 0:
            raise ValueError("SUPPLYCHAIN_SNAPSHOT_ROWS must be 0 or more")
        if self.production and self.secret == DEVELOPMENT_SECRET:
            raise ValueError("SUPPLYCHAIN_SECRET must be set in production")
        if self.smtp_url:
            self._check_mail()

    def _check_mail(self) -> None:
        place = urlsplit(self.smtp_url)
        if place.scheme not in MAIL_SCHEMES or not place.hostname:
            raise ValueError(f"SUPPLYCHAIN_SMTP_URL must be one of {', '.join(MAIL_SCHEMES)}, then ://host:port")
        if "@" not in self.mail_from:
            raise ValueError("SUPPLYCHAIN_MAIL_FROM must be an address when SUPPLYCHAIN_SMTP_URL is set")


_READERS: Mapping[str, Callable[[str], object]] = {
    "database_url": str,
    "secret": str,
    "files_url": str,
    "snapshots": Path,
    "snapshot_rows": int,
    "packs": lambda raw: tuple(Path(part) for part in raw.split(os.pathsep) if part),
    "time_zone": str,
    "max_body": int,
    "max_file": int,
    "memory": int,
    "production": lambda raw: raw.lower() in {"1", "true", "yes"},
    "idempotency_wait_seconds": float,
    "derive_limit": int,
    "listing_framework": str,
    "expiring_days": int,
    "audit_key": Path,
    "audit_checkpoint": str,
    "public_url": str,
    "smtp_url": str,
    "mail_from": str,
}
