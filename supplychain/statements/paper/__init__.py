"""A statement as a paper: its parts, drawn once in one language, and written as a page or as a PDF."""
