"""This process's memory, exactly where the kernel tells, and that of its children."""
