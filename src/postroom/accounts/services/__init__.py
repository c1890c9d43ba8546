"""Who may do what, within which limits: the rules in front of the back ends, one module per kind of account."""
