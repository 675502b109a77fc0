"""How good the answers are on public sets and on the demo, and what the certainty is fitted on: `make quality`."""
