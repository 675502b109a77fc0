"""What we know: articles in, ranked passages with a certainty out."""
