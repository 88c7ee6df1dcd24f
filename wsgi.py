"""The WSGI entry point: ``gunicorn -c gunicorn.conf.py wsgi:app``."""

from supplychain import telemetry
from supplychain.app import create_app

telemetry.configure()
app = create_app()
