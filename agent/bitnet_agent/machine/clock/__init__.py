"""The core's clock: every source there is, the native probe, and the best of them around a span."""
