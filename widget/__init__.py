"""Everything that runs in a browser; a package so that it ships in the wheel."""
