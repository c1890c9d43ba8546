"""What several workloads need of items: how a caller wants them, attachments, extensions, uploads."""
