"""Faces: parse a foreign API, make one engine call, print its answer."""
