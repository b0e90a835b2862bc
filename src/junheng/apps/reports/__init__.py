"""Official papers of a published assessment: written, printed, kept, handed out."""
