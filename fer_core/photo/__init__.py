"""From photos to faces as FER-2013 frames them.  Nothing is ever written to disk."""
