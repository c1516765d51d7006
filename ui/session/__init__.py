"""What a session keeps, and what a link holds."""
