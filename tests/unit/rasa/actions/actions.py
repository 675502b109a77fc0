"""Whoever imports the project as data never comes here."""

raise SystemExit("the project's code was run")
