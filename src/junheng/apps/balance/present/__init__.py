"""What the pages show: plain records made from what is stored, in the reader's language."""
