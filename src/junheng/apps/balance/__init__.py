"""The balance standard on the site: unit tables in; verdicts, schools and workings out."""
