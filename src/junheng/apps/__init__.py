"""The capabilities of the product, one Django app each, named as a bureau would name them."""
