"""The cascade over a whole industry at once: the rules of `graph.walks.reach` and `graph.schedule` on arrays, compiled.

Imported by nobody but the command `supplychain cascade` and the bench: numba takes half a second to wake up.
"""
