"""Organizations, supply links, records and ownership; the log the engine folds; who sees whom."""
