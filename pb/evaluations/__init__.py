"""Evaluations: what was learned in each state of a round, what was changed, and its closing."""
