"""Who saw, exported and decided what: an append-only log, sealed into a chain, and its pages."""
