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
