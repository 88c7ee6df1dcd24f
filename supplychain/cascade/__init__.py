"""The cascade over files instead of a database: for a whole industry, and to check the service by."""
