"""The report's `cpu_info` and `environment`: software and settings that bear on the figures."""
