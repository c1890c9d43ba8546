"""Workbooks: an engine on openpyxl over one .xlsx file. It knows no store and no HTTP."""
