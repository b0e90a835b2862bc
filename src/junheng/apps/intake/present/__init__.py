"""What the pages of imports show, in the reader's language."""
