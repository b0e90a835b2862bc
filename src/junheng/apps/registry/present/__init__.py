"""What the pages of the registry show."""
