"""One store: its packs, its catalogue, its ledger; what arrives, what is read, what is changed."""
