"""Reviews: the municipality's answer to each plan with its reason, and the way to the ballot."""
