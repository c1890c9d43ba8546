"""Contacts, their folders and pictures, and vCards of them."""
