"""Query options of OData, as Microsoft Graph has them."""
