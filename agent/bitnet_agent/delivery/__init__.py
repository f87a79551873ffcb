"""The report on its way: to the disk first, then to the collector until its receipt is there."""
