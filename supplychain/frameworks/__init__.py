"""Conformity frameworks and crosswalks as data: packs of YAML, read once, never changed."""

from supplychain.frameworks.library import check, packs, registry

__all__ = ["check", "packs", "registry"]
