"""The result of a monitoring platform beside our own: every cell that differs, with its cause."""
