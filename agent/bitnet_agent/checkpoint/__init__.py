"""The model on this disk: finding it, knowing it from its headers, loading it, its prompt."""
