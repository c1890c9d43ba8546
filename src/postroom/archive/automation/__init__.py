"""What an archive does by itself: jobs, and when they are due."""
