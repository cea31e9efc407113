"""``lazaretto quarantine``: what is held, why, and what becomes of it."""

from gateway.cli.lazy import group

_HERE = "gateway.cli.quarantine"

commands = group(
    "quarantine",
    "See, release, delete and export what is held.",
    {
        "list": f"{_HERE}.listing:list_",
        "show": f"{_HERE}.showing:show",
        "release": f"{_HERE}.releasing:release",
        "approve": f"{_HERE}.releasing:approve",
        "settle": f"{_HERE}.releasing:settle",
        "delete": f"{_HERE}.ending:delete",
        "legal-hold": f"{_HERE}.ending:legal_hold",
        "purge": f"{_HERE}.ending:purge",
        "export": f"{_HERE}.taking:export",
        "report": f"{_HERE}.taking:report",
        "rescan": f"{_HERE}.rescanning:rescan",
        "allow": f"{_HERE}.allowing:allow",
        "allowances": f"{_HERE}.allowing:allowances",
        "disallow": f"{_HERE}.allowing:disallow",
        "review": f"{_HERE}.reviewing:review",
        "stats": f"{_HERE}.listing:stats",
        "fsck": f"{_HERE}.keeping:fsck",
        "backup": f"{_HERE}.keeping:backup",
        "restore": f"{_HERE}.keeping:restore",
        "reindex": f"{_HERE}.reindexing:reindex",
        "keys": f"{_HERE}.keys:commands",
        "audit": f"{_HERE}.audit:commands",
    },
)
