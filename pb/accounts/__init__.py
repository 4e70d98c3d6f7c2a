"""Accounts: who of the staff may do what, and the sessions they are signed in with."""
