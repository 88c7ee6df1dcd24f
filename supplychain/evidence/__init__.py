"""Claims about an organization: submitted, reviewed, in force, lapsed; and their files."""
