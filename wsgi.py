"""The WSGI entry point: ``gunicorn -c gunicorn.conf.py wsgi:app``."""

import gc

from supplychain import telemetry
from supplychain.app import create_app

# What the engine holds stays for long and has no cycles: to look through it at every seven hundredth new object, as
# Python does by default, costs a tenth of a request and frees nothing.
gc.set_threshold(25_000, 20, 50)
telemetry.configure()
app = create_app()
