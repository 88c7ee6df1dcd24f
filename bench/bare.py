"""The bare alternative: Flask routes that do nothing but answer JSON, or commit one row."""

import os

import pysqlite3
from flask import Flask, Response, jsonify, request

app = Flask("bare")
_path = os.environ.get("BARE_DATABASE", ":memory:")
_connection = pysqlite3.connect(_path, check_same_thread=False, isolation_level=None)
_connection.execute("PRAGMA journal_mode=WAL")
_connection.execute("PRAGMA synchronous=FULL")
_connection.execute("CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, body TEXT)")


@app.get("/livez")
def live() -> Response:
    return jsonify(status="ok")


@app.get("/item")
def item() -> Response:
    return jsonify(id="org_1", name="A supplier", tier=1, level=2, status="gap")


@app.post("/row")
def row() -> tuple[Response, int]:
    body = request.get_json()
    _connection.execute("BEGIN IMMEDIATE")
    _connection.execute("INSERT INTO row (body) VALUES (?)", (str(body),))
    _connection.execute("COMMIT")
    return jsonify(status="ok"), 201
