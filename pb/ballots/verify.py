"""Filled by the branch that writes it."""
