"""Messages out of the archive, with proofs."""
