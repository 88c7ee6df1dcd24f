"""Findings and reviewers' decisions: bad news with a life of its own."""
