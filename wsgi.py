"""The WSGI entry point: ``gunicorn -c gunicorn.conf.py wsgi:app``."""

from supplychain import telemetry, wiring
from supplychain.app import create_app

wiring.collect_less()
telemetry.configure()
app = create_app()
