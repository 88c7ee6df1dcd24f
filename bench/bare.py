"""The bare alternative: Flask routes that do nothing but answer JSON, or commit one row.

The row is written as one would write it with the libraries we use (SQLAlchemy Core, a pooled connection), and once
by the driver alone, on one connection that no threaded server could share. Both commit as durably as we do.
"""

import os
from typing import Any

import pysqlite3
from flask import Flask, Response, jsonify, request
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event, insert

app = Flask("bare")
_path = os.environ.get("BARE_DATABASE", ":memory:")
_engine = create_engine(f"sqlite:///{_path}", module=pysqlite3)
_rows = Table("row", MetaData(), Column("number", Integer, primary_key=True), Column("body", String))


@event.listens_for(_engine, "connect")
def _tuned(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


_rows.create(_engine, checkfirst=True)
_connection = pysqlite3.connect(_path, check_same_thread=False, isolation_level=None)
_tuned(_connection, None)


@app.get("/livez")
def live() -> Response:
    return jsonify(status="ok")


@app.get("/item")
def item() -> Response:
    return jsonify(id="org_1", name="A supplier", tier=1, level=2, status="gap")


@app.post("/row")
def row() -> tuple[Response, int]:
    body = request.get_json()
    with _engine.begin() as connection:
        connection.execute(insert(_rows), {"body": str(body)})
    return jsonify(status="ok"), 201


@app.post("/row-by-driver")
def row_by_driver() -> tuple[Response, int]:
    body = request.get_json()
    _connection.execute("BEGIN IMMEDIATE")
    _connection.execute("INSERT INTO row (body) VALUES (?)", (str(body),))
    _connection.execute("COMMIT")
    return jsonify(status="ok"), 201
