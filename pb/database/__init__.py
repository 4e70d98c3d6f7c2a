"""Database: two stores that never meet in one transaction, and the base of all tables."""
