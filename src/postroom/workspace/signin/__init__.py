"""Sign-in: registered apps, what users allow them, codes, tokens and the keys that sign them."""
