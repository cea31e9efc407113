"""The SMTP server, the SMTP client and the table of replies."""
