"""Timings and figures, to be read by people: never part of the tests, because machines differ."""
