"""The network engine: pure functions over links, requirements and levels."""
