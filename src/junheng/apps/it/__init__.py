"""Pages of those who keep the site: people and posts, how the site runs, its settings."""
