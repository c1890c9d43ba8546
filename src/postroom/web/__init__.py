"""The HTTP shell that all faces share: TLS, listeners, limits, login back-off, request ids, health, metrics."""
