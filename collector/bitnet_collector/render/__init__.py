"""One renderer a file: from a summary or a run to what is sent. None of them asks the database."""
