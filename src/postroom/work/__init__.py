"""Long-running calls: below the engines, used by all of them."""
