"""Lists of organizations and links as files: read, checked row by row, matched, written in chunks.

Parsing, validation and matching happen outside any write transaction; a chunk rechecks its keys inside its own.
"""
