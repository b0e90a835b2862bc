"""Running the site: backups, health, figures for monitoring."""
