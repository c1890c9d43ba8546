"""What can be found: the query language, the index of each store, one list over all of them."""
