"""What an issuer demands of its network: draft, published, amended, ended."""
