"""What the pages of the catalogue show, in the reader's language."""
