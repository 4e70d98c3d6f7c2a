"""Foundation: what everything stands on. Plain Python that imports nothing of the house."""
