"""The catalogue of data: what is collected, by whom, for what, how complete, at what cost."""
