"""Data centres: the same figures shown where they are needed, on the wall of the bureau's hall."""
