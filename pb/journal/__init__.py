"""Journal: the append-only record of every act of the staff and of the clock. It has no door."""
