"""Pages for people, without a key: what frameworks ask, and the laws and standards they rest on."""
