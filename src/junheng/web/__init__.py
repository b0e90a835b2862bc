"""The site: settings, root addresses, base templates, components and static entry points."""
