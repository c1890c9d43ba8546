"""Client for the iRedAdmin-Pro RESTful API; its table and methods come with the accounts engine."""
