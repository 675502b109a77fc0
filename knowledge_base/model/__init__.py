"""The bundled multilingual E5: from a packed weight file to vectors, offline and on a CPU."""
