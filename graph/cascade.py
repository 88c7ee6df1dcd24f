"""How a requirement travels down the tiers: the public face of the engine (domain rules: cascade).

Everything here is a pure function of an immutable network, a requirement and a day.
"""

from graph.amendments import lineage
from graph.codes import ScopeMatch
from graph.explain import Explanation, alternatives, explain, path, ways_in
from graph.obligations import Obligation, effective, obligation, obligations, obligations_of, unclassified_links
from graph.preview import Difference, Differences, LevelDifference, preview, touched
from graph.schedule import due_of, grace_at, level_at
from graph.scope import ScopeTest, owes, scope_match, scope_tests
from graph.walks.reach import Lens, Reach, reach

__all__ = [
    "Difference",
    "Differences",
    "Explanation",
    "Lens",
    "LevelDifference",
    "Obligation",
    "Reach",
    "ScopeMatch",
    "ScopeTest",
    "alternatives",
    "due_of",
    "effective",
    "explain",
    "grace_at",
    "level_at",
    "lineage",
    "obligation",
    "obligations",
    "obligations_of",
    "owes",
    "path",
    "preview",
    "reach",
    "scope_match",
    "scope_tests",
    "touched",
    "unclassified_links",
    "ways_in",
]
