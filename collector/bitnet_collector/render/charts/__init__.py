"""One chart a file: pure functions from figures to shapes, drawn for a wide and for a narrow window."""
