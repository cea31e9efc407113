"""The steps from one schema of the index to the next, run by alembic when a lockbox is opened."""
