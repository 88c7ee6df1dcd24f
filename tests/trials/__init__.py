"""The road walked on real networks: each module prints what it did and what came of it.

``python -m tests.trials.palm`` and ``python -m tests.trials.computer``; the data are read from where they are
(SUPPLYCHAIN_DATA, default ``../shared/data`` beside the repository), never copied.
"""
