"""Answers: what a supplier says to what is asked of it, and what the issuer answers back."""
