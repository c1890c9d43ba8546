"""The workbook under Graph's names: a path leads to a thing, which is read, changed or asked to do something."""
