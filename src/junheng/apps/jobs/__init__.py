"""Long work that survives a killed worker: jobs with a lease behind Django's task interface."""
