"""What pages share: cached loaders, state and URL, controls, figures."""
