"""What the program runs on; no domain word in here."""
