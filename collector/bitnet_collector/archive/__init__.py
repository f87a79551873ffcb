"""The store as a whole: copies of it, moves between collectors, columns made anew."""
