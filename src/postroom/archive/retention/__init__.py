"""What must stay and what must go: retention policies, legal holds, and the removal of what is due."""
