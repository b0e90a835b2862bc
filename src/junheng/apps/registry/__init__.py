"""Master data: bureaus, school years, schools and their stage units."""
