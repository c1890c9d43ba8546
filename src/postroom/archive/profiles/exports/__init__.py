"""Where archived mail goes to."""
