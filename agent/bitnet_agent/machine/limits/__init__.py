"""What the machine can do at most, measured in the run on its own threads: reading memory, multiplying."""
