"""The balance standard on the site: unit tables in, verdicts, schools, workings and rule sets out."""
