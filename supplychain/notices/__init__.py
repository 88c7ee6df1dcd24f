"""Notices: what an organization's people should know, listed for them and sent as a digest by e-mail."""
