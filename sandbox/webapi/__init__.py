"""The Web API under /api/: one table of methods, with the token, the tier and the scopes each wants."""
