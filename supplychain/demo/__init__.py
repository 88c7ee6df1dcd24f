"""The demo network: fictional, deterministic, and with a bit of everything that real networks have."""
