"""How far requirements travel: tier by tier, mended from revision to revision, or read out of a table of all."""
