"""The chat service: wiring, sockets, turns."""
