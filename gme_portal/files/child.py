"""Start of the bounded child: `python -I child.py`.

It stands in an empty package for `gme_portal`, whose real `__init__` would load Celery: the child has no business with the server, and each
upload would pay 0.3 s and 20 MB for it.
"""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    package = types.ModuleType("gme_portal")
    package.__path__ = [str(root / "gme_portal")]
    sys.modules["gme_portal"] = package
    importlib.import_module("gme_portal.files.sandbox").serve()
