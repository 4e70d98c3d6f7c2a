"""Results: two people start the count, the council publishes, and everybody can recount."""
