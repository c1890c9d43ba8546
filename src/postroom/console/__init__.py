"""The web console. Its pages come later."""
