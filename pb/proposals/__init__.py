"""Proposals: the plans that residents write without an account, and the list to vote on."""
