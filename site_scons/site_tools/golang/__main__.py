"""``python -m golang``: the same as the command ``golinkage``."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
