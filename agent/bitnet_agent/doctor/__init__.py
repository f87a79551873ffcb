"""Looks the machine over before a run: what would stop it, and what would make its figures doubtful."""
