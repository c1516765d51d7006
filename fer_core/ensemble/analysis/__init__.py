"""Why an ensemble gains: diversity, decomposition, rescues, confidence, seeds."""
