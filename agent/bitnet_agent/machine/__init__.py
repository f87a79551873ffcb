"""This machine: processor, clock, memory, compiler, settings."""
