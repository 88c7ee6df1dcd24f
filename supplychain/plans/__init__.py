"""Corrective action plans: by when a supplier will close a gap, step by step, and who saw that it did."""
