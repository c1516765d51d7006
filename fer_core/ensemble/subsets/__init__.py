"""Every subset of an ensemble's members: what it reaches, what each member adds, and ways through them."""
