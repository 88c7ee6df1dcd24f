"""One mutant and more for each rule of domain rules §7, and for what counts as a fact.

`python -m tests.mutants` lists them with their killers.
"""

from tests.mutants.facts import MUTANTS as OF_FACTS
from tests.mutants.looking import MUTANTS as OF_LOOKING
from tests.mutants.mutant import Mutant
from tests.mutants.readers import MUTANTS as OF_READERS
from tests.mutants.roles import MUTANTS as OF_ROLES
from tests.mutants.sight import MUTANTS as OF_SIGHT
from tests.mutants.tenants import MUTANTS as OF_TENANTS

MUTANTS: tuple[Mutant, ...] = (*OF_SIGHT, *OF_READERS, *OF_ROLES, *OF_TENANTS, *OF_FACTS, *OF_LOOKING)

__all__ = ["MUTANTS", "Mutant"]
