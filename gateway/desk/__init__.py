"""The desk: runs the commands of people who may not read the quarantine themselves."""
