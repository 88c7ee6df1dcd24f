"""The sealed audit trail: hash trees over its entries, signed checkpoints, proofs, and what is wrong with them."""
