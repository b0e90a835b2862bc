"""The survey of social recognition: questionnaires by role, counted and never kept."""
