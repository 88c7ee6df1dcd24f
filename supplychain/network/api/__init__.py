"""Routes of the network, one module a noun."""

from supplychain.network.api import (
    attributes,
    claims,
    duplicates,
    import_mappings,
    imports,
    invitations,
    links,
    merges,
    network,
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
    attributes.blp,
    reviewers.blp,
    links.blp,
    imports.blp,
    network.blp,
    import_mappings.blp,
    duplicates.blp,
    merges.blp,
)
