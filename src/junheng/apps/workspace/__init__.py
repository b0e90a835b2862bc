"""The first page of everybody: what is to do, how it stands, what falls due next."""
