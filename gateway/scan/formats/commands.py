"""Which words start a program, wherever a document gives a command: a field, a link, a cell."""

import re

_PROGRAMS = (
    "cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|regasm|regsvcs|installutil"
    "|certutil|bitsadmin|msiexec|msbuild|forfiles|pcalua|conhost|schtasks|wmic|odbcconf|hh|curl"
    "|bash|wsl|scriptrunner|msexcel|syncappvpublishingserver|excel[.]exe|winword[.]exe"
)
_RUNS = re.compile(
    rf"""(?ix)
      (?: ^ | [\s"'\\/=|(;,+*@&-] ) (?: {_PROGRAMS} ) (?: \.exe | \.vbs )? (?= $ | [\s"'\\/|!),] )
    | \. (?: exe | scr | com | pif | bat | cmd | vbs | js | hta | ps1 | lnk ) (?= $ | [\s"'|!] )
    | \\\.\.\\ | system32 | %comspec% | %systemroot%
    """
)


def starts_program(text: str) -> bool:
    """Whether ``text``, known to be a command, names a program or a script to run."""
    return _RUNS.search(text) is not None
