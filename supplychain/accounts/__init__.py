"""People, roles, keys and invitations: who may come in, and as what."""
