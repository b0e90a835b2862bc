"""The door for other programs: what the pages show and take, by contract, as JSON."""
