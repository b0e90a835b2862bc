"""The same job written plainly and well with other libraries, for comparison."""
