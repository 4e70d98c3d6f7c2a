"""Frameworks: what a municipality fixes before a round: who, where, how much, which count."""
