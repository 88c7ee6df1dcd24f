"""Looking up the chain: where a brand stands by tier and by spend, on whom it depends, whose rise helps most."""
