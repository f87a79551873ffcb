"""Bytes and operations of a forward, counted from the loaded model's own modules."""
