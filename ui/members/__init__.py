"""Members: each network by itself, or several side by side."""
