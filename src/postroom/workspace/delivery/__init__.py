"""What arrives and what leaves: who gets it, the queue to the smarthost, reports about what could not be sent."""
