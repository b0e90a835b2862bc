"""Many users at once on one site: what each page takes then."""
