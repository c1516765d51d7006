"""Who adds what: what each member adds, and what makes them differ."""
