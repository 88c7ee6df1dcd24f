"""Alembic runs inside the connection of ``supplychain.migrate``, which holds the lock."""

from alembic import context

from supplychain.db import Base
from supplychain.wiring import load_models

load_models()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=False,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
