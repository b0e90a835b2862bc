"""Pages of the evidence binder."""
