"""The types of Microsoft Graph, and checks of documents against them."""
