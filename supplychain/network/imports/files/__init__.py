"""From the bytes of a file to the rows of a table: formats, encodings, sheets, graphs, headings, dates and numbers.

Text and JSON are read here; what may be built to exhaust its reader (spreadsheets, XML, Parquet) by a process of its
own, whose memory and time the system bounds.
"""
