"""Upgrades: a database of the last release, with a chat running through it, and what kills an upgrade half-way."""
