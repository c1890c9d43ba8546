"""Drives of users, groups and sites: folders, files with their versions, who may reach them."""
