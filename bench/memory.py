"""What two workers weigh after every journey of the tour was walked on the demo network."""

import subprocess
import sys
from pathlib import Path

from bench.server import ROOT, serve
from supplychain import wiring
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.demo.access import keys_of, secret_of

sys.path.append(str(ROOT / "docs"))
import tour

PORT = 8914


def measured(folder: Path) -> list[float]:
    """The proportional set size of each worker in MiB."""
    subprocess.run(
        [sys.executable, "-c", "from supplychain.cli import main; main()", "demo", "load"], cwd=folder, check=True
    )
    instance = folder / "instance"
    settings = Settings(database_url=f"sqlite:///{instance}/supplychain.db", secret=secret_of(instance))
    database = Database(settings.database_url)
    keys = keys_of(wiring.runtime(settings, database), instance)
    database.dispose()
    environment = {
        "SUPPLYCHAIN_DATABASE_URL": settings.database_url,
        "SUPPLYCHAIN_SECRET": settings.secret,
        "SUPPLYCHAIN_FILES_URL": str(instance / "files"),
    }
    with serve("wsgi:app", PORT, workers=2, **environment) as server:
        walker = tour.Tour(tour.Curl(f"http://127.0.0.1:{PORT}", folder), tour.names_of(keys))
        tour.walk(walker)
        return server.pss()
