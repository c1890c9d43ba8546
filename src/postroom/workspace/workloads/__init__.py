"""What users own: one module or package for each kind of thing. None imports another."""
