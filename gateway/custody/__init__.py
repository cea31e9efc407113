"""What the gateway does with what it holds: finds, releases, looks again, purges, alarms."""
