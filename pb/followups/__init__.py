"""Follow-ups: what became of every plan, which promises were made, and which were kept."""
