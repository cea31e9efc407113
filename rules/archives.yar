// Archives and disk images whose names are the attack.

rule archive_climbs_out
{
    meta:
        description = "A member's name climbs out of the folder that the archive is unpacked to"
        level = "malicious"
        reference = "https://cwe.mitre.org/data/definitions/22.html"
        technique = "T1566.001"
    strings:
        // Two steps up at least: one step is what careless packers write.
        $first = { 50 4B 03 04 [26] 2E 2E (2F | 5C) 2E 2E (2F | 5C) }
        $listed = { 50 4B 01 02 [42] 2E 2E (2F | 5C) 2E 2E (2F | 5C) }
        $inside = /PK\x01\x02[\x00-\xff]{42}[^\x00-\x1f]{1,200}\/\.\.\/\.\.\//
    condition:
        kinds contains " zip " and any of them
}

rule archive_shadowed_document
{
    meta:
        description = "Opening a document in this archive starts a script of the same name (old WinRAR)"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2023-38831"
        technique = "T1203"
    strings:
        // A folder named like a document, with a blank after it, and a script inside.
        $entry = /PK\x03\x04[\x00-\xff]{26}[^\x00-\x1f\/]{1,120}\.(pdf|docx?|xlsx?|jpe?g|png|txt|html?) \/[^\x00-\x1f\/]{1,120} \.(cmd|bat|exe|vbs|js|lnk|com|scr)/ nocase
    condition:
        kinds contains " zip " and $entry
}

rule archive_starts_by_itself
{
    meta:
        description = "A disk image that starts a program as soon as it is mounted"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1091/"
        technique = "T1091"
    strings:
        $head = /^\s{0,8}\[autorun\]/ nocase
        $open = /\n\s{0,8}(open|shellexecute|shell\\[a-z]{1,20}\\command)\s{0,8}=/ nocase
    condition:
        filesize < 64KB and $head at 0 and $open
}

rule archive_into_startup
{
    meta:
        description = "A member is to be unpacked into the folder that Windows starts programs from"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1547/001/"
        technique = "T1547.001"
    strings:
        $path = /Start Menu[\\\/]Programs[\\\/]Startup[\\\/]/ nocase ascii wide
    condition:
        (kinds contains " zip " or kinds contains " rar " or kinds contains " 7z " or kinds contains
            " ace " or kinds contains " tar " or kinds contains " cab ") and $path
}

rule archive_hidden_stream_climbs_out
{
    meta:
        description = "A member of this archive has a second stream that is written outside of the folder (old WinRAR)"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2025-8088"
        technique = "T1203"
    strings:
        $stream = /STM[^\n]{0,40}:(\.\.[\\\/]){2}/
        $plain = /:\.\.[\\\/]\.\.[\\\/]/
    condition:
        kinds contains " rar " and any of them
}

rule archive_ace_climbs_out
{
    meta:
        description = "An ACE archive that is unpacked to where it wants (old WinRAR)"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-20250"
        technique = "T1203"
    strings:
        $mark = "**ACE**"
        $drive = /\*\*ACE\*\*[\x00-\xff]{1,200}[A-Za-z]:[\\\/]?[A-Za-z]:/
        $up = /\.\.[\\\/]\.\.[\\\/]/
    condition:
        $mark in (0..64) and ($drive or $up)
}

rule archive_shortcut_with_program
{
    meta:
        description = "An archive with a shortcut to click on, and beside it what the shortcut starts"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $shortcut = /PK\x01\x02[\x00-\xff]{42}[^\x00-\x1f]{1,200}\.lnk(PK|[\x00-\x1f]|\xff)/ nocase
        $program = /PK\x01\x02[\x00-\xff]{42}[^\x00-\x1f]{1,200}\.(exe|dll|ps1|vbs|js|bat|cmd|hta|jar|bin|dat)(PK|[\x00-\x1f]|\xff)/ nocase
    condition:
        kind == "zip" and all of them
}

rule archive_absolute_path
{
    meta:
        description = "A member of this archive names a drive or the root of the disk"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        technique = "T1566.001"
    strings:
        $drive = /PK\x01\x02[\x00-\xff]{42}[A-Za-z]:[\\\/]/
        $root = /PK\x01\x02[\x00-\xff]{42}\/(etc|root|home|usr|var|tmp)\//
        $share = /PK\x01\x02[\x00-\xff]{42}\\\\[A-Za-z0-9]/
    condition:
        kind == "zip" and any of them
}
