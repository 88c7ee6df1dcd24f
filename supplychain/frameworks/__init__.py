"""Conformity frameworks and crosswalks as data: packs of YAML, read once, never changed."""

from supplychain.frameworks.library import registry

__all__ = ["registry"]
