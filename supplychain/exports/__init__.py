"""Whole lists as files: columns from a schema, CSV, XLSX and JSON in bounded memory."""
