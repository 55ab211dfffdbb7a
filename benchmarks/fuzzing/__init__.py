"""The parts of ``fuzz.py``: a Go module as a value, edits of it, trees on disk, and the two builds that must agree."""
