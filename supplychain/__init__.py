"""Supplier compliance over a brand-to-supplier network.

Facts in, conformity derived, uses out: features record facts, one function re-derives what the
changed facts touch, and the edge commits. See ``docs/architecture.md``.
"""

__version__ = "0.1.0"
