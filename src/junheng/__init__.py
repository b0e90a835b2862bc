"""Junheng 均衡: high-quality, balanced compulsory education, measured and reached."""

__version__ = "0.1.0"
