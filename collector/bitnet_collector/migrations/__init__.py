"""The revisions of the database, oldest first in `versions`; CONTRIBUTING.md tells how one is added."""
