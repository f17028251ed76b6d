"""The application: Qt, and nothing that knows a concrete layer or plugin."""

import os

# Numpy asks for pages of 2 MB (see its "global state"). Where memory is in pieces, the system then moves others
# about while Python's lock is held: a tenth of a second for the arrays of a city. Numpy reads this at its import.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
