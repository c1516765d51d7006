"""Why it gains: every subset, paths and costs."""
