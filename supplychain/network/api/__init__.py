"""Routes of the network, one module a noun."""

from supplychain.network.api import (
    claims,
    duplicates,
    imports,
    invitations,
    links,
    merges,
    organizations,
    ownerships,
    records,
    reviewers,
)

BLUEPRINTS = (
    organizations.blp,
    records.blp,
    ownerships.blp,
    invitations.blp,
    claims.blp,
    reviewers.blp,
    links.blp,
    imports.blp,
    duplicates.blp,
    merges.blp,
)
