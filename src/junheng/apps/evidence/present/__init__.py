"""What the pages of the binder show."""
