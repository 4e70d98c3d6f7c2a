"""Rounds: one cycle of a neighbourhood budget, its twelve states, and who may do what when."""
