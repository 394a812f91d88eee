# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema validator; a test that imports it is skipped where python3-jsonschema is missing."""
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: the Python module jsonschema is not installed (Debian: python3-jsonschema)")
    sys.exit(77)

__all__ = ["jsonschema"]
