"""The comparison's page as a list of sections: each is one file here, and one in `templates/compare`.

A new section is a function `section(comparison, texts)` that gives its view or None where there is nothing to
show, its template, and its place in `sections.SECTIONS`.
"""
