"""Ballots: what residents chose, sealed until closing; never who."""
