"""The tally: from ballots to an outcome, exactly, with a reason for every plan.

It stands alone: it imports the standard library and itself, so anyone may take it home and
recount an election with ``python -m pb.tally election.pb``.
"""
