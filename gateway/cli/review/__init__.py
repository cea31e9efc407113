"""``quarantine review``: what is held on a whole screen, to look through and decide.

Nothing else imports Textual. Rule: whatever a sender or a mail server wrote reaches a widget as a
rich ``Text`` made by `terminal.cell`, never as a ``str``: Textual reads markup in those.
"""
