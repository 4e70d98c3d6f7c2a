"""Voting tokens: the codes on the letters, good for one ballot each, and the letters themselves."""
