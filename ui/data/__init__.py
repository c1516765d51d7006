"""Numbers that several pages show, and where they come from."""
