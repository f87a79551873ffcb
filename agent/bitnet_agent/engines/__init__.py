"""The ways in which a BitLinear can be computed: one file an engine, one registry that names them all."""
