"""Formulas: read into a tree, computed from the cells they name. What cannot be computed says so."""
