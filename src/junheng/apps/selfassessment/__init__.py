"""Self-assessment (自评): the board of all items, and the signed way to recognition."""
