"""What Postfix is told about a message: throttles and the access policies of aliases and lists."""
