"""The web console: signing in with a second factor or a one-time link, and what a user keeps of their own."""
