"""Pages of the balance standard, one module for each kind of page."""
