"""Print the rules, the mutants that break them and the tests that kill these, as a table."""

import sys

from tests.mutants import MUTANTS

lines = ["| rule | broken so | killed by |", "| --- | --- | --- |"]
lines += [f"| {one.rule} | {one.broken} | `{one.killed_by.__name__}` |" for one in MUTANTS]
sys.stdout.write("\n".join(lines) + "\n")
