"""The client for asyncio: the same names, with methods to await where a request is made."""
