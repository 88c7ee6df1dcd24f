"""Waivers: leave that an issuer gives one supplier under one requirement, until a day."""
