"""Keeps the team's reports and compares them in one table."""
