"""``supplychain organizations`` and ``supplychain keys``: who may come in, from the machine itself."""

from typing import TYPE_CHECKING

import click

from supplychain.cli.common import Refused, number_of, runtime

if TYPE_CHECKING:
    from supplychain.accounts.models import ApiKey
    from supplychain.work import Work

ROLES = ("brand", "supplier", "reviewer", "organiser", "trainer", "operator")
_organization = click.option("--as", "organization", required=True, help="Id of the organization.")
_email = click.option("--email", required=True, help="Of the person who acts for it; enrolled if new.")


@click.group()
def organizations() -> None:
    """Enter organizations."""


@organizations.command()
@click.argument("name")
@_email
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, default=["operator"], show_default=True)
@click.option("--country", help="ISO 3166 alpha-2.")
def create(name: str, email: str, roles: tuple[str, ...], country: str | None) -> None:
    """Enter a verified organization, such as the first operator, and print its id and a key for its person."""
    from supplychain.accounts import operations as accounts
    from supplychain.network import calendar, facts
    from supplychain.network.models import Organization
    from supplychain.work import run

    def body(work: "Work") -> tuple[str, str]:
        row = Organization(name=name, country=country, claim="verified", created_at=work.now)
        work.session.add(row)
        work.session.flush()
        work.change(facts.of_organization(row))
        work.record("organization.entered", row.id, row.number)
        person = accounts.enroll(work, row.number, email=email, name=email, roles=roles)
        return row.id, accounts.issue_key(work, row.number, person.number, roles=roles, name="command line")[1]

    with runtime() as here:
        calendar.advance_day(here)
        public, key = run(here, body)
    click.echo(f"{public} {key}")


@click.group()
def keys() -> None:
    """Issue, list and revoke API keys."""


@keys.command()
@_organization
@_email
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=True)
@click.option("--scope", "scopes", multiple=True, help="Permissions that narrow the key.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="Until it expires.")
def issue(organization: str, email: str, roles: tuple[str, ...], scopes: tuple[str, ...], days: int) -> None:
    """Issue a key and print its id and itself; it is shown once."""
    from datetime import timedelta

    from supplychain.accounts import operations as accounts
    from supplychain.accounts.permissions import Permission
    from supplychain.work import run

    unknown = set(scopes) - {str(permission) for permission in Permission}
    if unknown:
        raise Refused(f"There is no such scope: {', '.join(sorted(unknown))}")

    def body(work: "Work") -> tuple["ApiKey", str]:
        person = accounts.enroll(work, number, email=email, name=email, roles=roles)
        until = work.now + timedelta(days=days)
        return accounts.issue_key(
            work, number, person.number, roles=roles, scopes=scopes, name="command line", expires_at=until
        )

    with runtime() as here:
        number = number_of(here, organization)
        row, key = run(here, body)
    click.echo(f"{row.id} {key}")


@keys.command("list")
@_organization
def list_(organization: str) -> None:
    """List the keys of an organization, without their secrets."""
    from supplychain.accounts.operations import own_keys
    from supplychain.work import run

    def body(work: "Work") -> list[tuple["ApiKey", str]]:
        rows = work.session.scalars(own_keys(number)).all()
        return [(row, "live" if row.live_at(work.now) else "over") for row in rows]

    with runtime() as here:
        number = number_of(here, organization)
        for row, state in run(here, body):
            until = row.expires_at.date().isoformat() if row.expires_at else "never"
            click.echo(f"{row.id} {state} prefix {row.prefix} expires {until} roles {','.join(row.roles)}")


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """End a key at once."""
    from sqlalchemy import select

    from supplychain.accounts.models import ApiKey
    from supplychain.errors import NotFound
    from supplychain.work import run

    def body(work: "Work") -> None:
        row = work.session.scalar(select(ApiKey).where(ApiKey.id == key_id))
        if row is None:
            raise NotFound
        if row.revoked_at is None:
            row.revoked_at = work.now
            work.record("key.revoked", row.id, row.organization)

    with runtime() as here:
        run(here, body)
    click.echo(f"{key_id} revoked")
