"""Home: what this is, and doors into it."""
