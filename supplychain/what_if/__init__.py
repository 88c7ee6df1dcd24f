"""What-if: what changes that nobody made would change, computed for one asker on what it is shown."""
