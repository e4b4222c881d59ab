"""What is understood, counted, detected and drawn: pure computing that knows no store, no platform and no clock."""

import os

# Before NumPy is loaded: the matrices here are small, and on two cores OpenBLAS's threads, which wait by spinning, took
# twice the processor time of one (610 µs a comment for 327) and saved none of the wall's.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
