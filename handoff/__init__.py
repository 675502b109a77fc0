"""Humans: who gets whom, and what an agent may do."""
