"""Recurrences as Microsoft Graph has them: patterns and ranges, the days and instants that follow from them."""
