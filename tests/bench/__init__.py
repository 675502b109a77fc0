"""Timings and figures, to be read by people: never part of the tests, because machines differ."""

import knowledge_base  # noqa: F401 - before numpy, as in the server: see there
