"""A run's page as a list of sections: each is one file here and one of the same name in `templates/run`.

A new section is a function `section(shown, texts)` that gives its view or None where the report has nothing
for it, its template, and its place in `sections.SECTIONS`.
"""
