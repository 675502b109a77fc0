"""What we know: articles in, ranked passages with a certainty out."""

import os

# Read by OpenBLAS when numpy and FAISS load it, so it must stand before either. One question's products are too small
# to share out, and BLAS threads that wait for the next ones spin on the cores that the sockets need.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
