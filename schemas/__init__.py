"""The wire contract in marshmallow: shape only, no request, no database."""
