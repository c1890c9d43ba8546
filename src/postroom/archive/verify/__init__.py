"""A store read back and compared with itself: frames, hashes, ledger, catalogue."""
