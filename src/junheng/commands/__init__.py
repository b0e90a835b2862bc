"""The bodies of `junheng assess`, `working` and `rules`: read, compute, print."""
