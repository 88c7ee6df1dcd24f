"""Conformity frameworks and crosswalks as data: packs of YAML, read once, never changed."""
