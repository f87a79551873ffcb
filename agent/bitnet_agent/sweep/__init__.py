"""A sweep: the same measurement at every point of a grid, in turns and in random order."""
