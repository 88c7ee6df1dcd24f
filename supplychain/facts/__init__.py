"""Facts of an organization that packs' rules and size classes read: stated by it, confirmed by reviewers."""
