"""What the pages of the self-assessment show, in the reader's language."""
