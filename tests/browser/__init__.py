"""Chromium on real pages: the demo as users start it, and each surface on a stage of its own."""
