"""Trials: whole rounds that the program runs itself.

The demonstration, the replay of a real election, and the benchmark. Each has stores of its
own and acts only through the services and pages that everybody uses.
"""
