"""The one place that holds the version of agent, collector and report."""

__version__ = "0.1.0"
