"""pb: a service that runs neighbourhood-budget rounds, from framework to last promise.

The rooms, in the order a round lives them; a room imports the rooms before it, never
those after it (``tests/house/test_imports.py``):

foundation, tally, database, web
    what everything stands on, and the counting machine that runs alone;
journal, accounts
    the public log of acts, and who of the staff may do what;
frameworks, rounds
    what a municipality fixes beforehand, and the cycle that lives inside it;
proposals, reviews
    what residents ask for, and the municipality's answer with its reason;
tokens, ballots
    codes on letters, and what residents chose, never who;
results, followups, evaluations
    the count and its publication, what became of every promise, and what was learned;
overview, app
    the pages that look into every room, and the place where the house is put together.
"""
