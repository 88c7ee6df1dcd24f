"""The open flags, each reader's view of them under one address."""
