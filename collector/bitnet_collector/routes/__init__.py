"""The HTTP routes, one file a group; each function hands on to a query and a renderer."""
