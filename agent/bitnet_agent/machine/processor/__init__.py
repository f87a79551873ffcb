"""The processor: its name, cores, caches, and how much of it a run may use."""
