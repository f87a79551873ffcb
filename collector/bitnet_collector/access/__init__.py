"""Who may do what: tokens, callers, rights, each route's decision, and what one client may take."""
