"""The promise under fire: an acknowledged message is kept, and every screen shows it exactly once and in order."""
