"""The workspace engine: what users own, and who may reach it. See docs/workspace.md."""
