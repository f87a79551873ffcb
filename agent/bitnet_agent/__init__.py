"""Profiles BitNet inference on this machine's CPU and reports to a collector."""
