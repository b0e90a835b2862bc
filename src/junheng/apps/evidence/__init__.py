"""The evidence binder: files for the items of the standard, by school year and school."""
