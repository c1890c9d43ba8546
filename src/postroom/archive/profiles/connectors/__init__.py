"""One module per kind of mail system. A connector fetches or delivers; the rest is known to `runs`."""
