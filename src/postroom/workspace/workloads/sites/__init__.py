"""SharePoint: sites, their lists, and the items of these."""
