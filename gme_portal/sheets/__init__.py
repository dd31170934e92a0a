"""Spreadsheets (表格): read with every bad cell named, written so that no cell can act. XLSX only.

from gme_portal.sheets import Column, read, template, write
"""

from __future__ import annotations

from gme_portal.sheets.columns import Column, Fault, Reading, Row
from gme_portal.sheets.reading import cells, read
from gme_portal.sheets.writing import template, write

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

__all__ = ["MEDIA_TYPE", "Column", "Fault", "Reading", "Row", "cells", "read", "template", "write"]
