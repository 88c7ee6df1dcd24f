"""One mutant and more for each rule of domain rules §7; `python -m tests.mutants` lists them with their killers."""

from tests.mutants.mutant import Mutant
from tests.mutants.readers import MUTANTS as OF_READERS
from tests.mutants.roles import MUTANTS as OF_ROLES
from tests.mutants.sight import MUTANTS as OF_SIGHT
from tests.mutants.tenants import MUTANTS as OF_TENANTS

MUTANTS: tuple[Mutant, ...] = (*OF_SIGHT, *OF_READERS, *OF_ROLES, *OF_TENANTS)

__all__ = ["MUTANTS", "Mutant"]
