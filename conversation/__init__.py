"""What a conversation is: one append-only log and the rules of what may follow what."""
