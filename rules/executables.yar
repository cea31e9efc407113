// Programs in places where no program belongs.

rule program_in_base64
{
    meta:
        description = "A Windows program written as text inside a page, a document or a laboratory message"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
    strings:
        // The text that every DOS stub holds, and the letters that its header becomes.
        $stub = "This program cannot be run in DOS mode" base64
        $header = /[^A-Za-z0-9+\/]TV[oqpr][AQ]A[A-Za-z0-9+\/]{60}/
    condition:
        (kinds contains " html " or kinds contains " xml " or kinds contains " svg "
            or kinds contains " script " or kinds contains " hl7 "
            or (kind == "text" and uint8(0) == 0x7B))
        and all of them
}

rule program_in_dicom_preamble
{
    meta:
        description = "An image that is a program as well: its preamble holds a program's header"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2019-11687"
        technique = "T1036.008"
    condition:
        uint32be(128) == 0x4449434D
        and (uint16be(0) == 0x4D5A or uint32be(0) == 0x7F454C46 or uint16be(0) == 0x2321
            or uint32be(0) == 0xCFFAEDFE or uint32be(0) == 0xCEFAEDFE or uint32be(0) == 0xCAFEBABE)
}

rule program_in_onenote
{
    meta:
        description = "A notebook page that carries a program or a script, to be started by a click"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        // A FileDataStoreObject ([MS-ONESTORE] 2.6.13), its length, and then the file itself.
        $program = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC [20] (4D 5A | 7F 45 4C 46) }
        $shortcut = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC [20] 4C 00 00 00 01 14 02 00 }
        $store = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC }
        $script = /<hta:application|<script[\s>]|\bWScript\.|@echo off|\bpowershell\b|<job[\s>]/ nocase
    condition:
        kinds contains " onenote "
        and ($program or $shortcut
            or (for any i in (1..#store) : (for any j in (1..#script) :
                (@script[j] > @store[i] and @script[j] < @store[i] + 36 + 4096))))
}

rule program_script_in_base64
{
    meta:
        description = "A script written as base64 inside a document or a laboratory message"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
    strings:
        $shell = "WScript." base64
        $upper = "<HTA:APPLICATION" base64
        $lower = "<hta:application" base64
    condition:
        // A resource of FHIR is JSON: text that begins with a brace.
        (kinds contains " xml " or kinds contains " hl7 " or (kind == "text" and uint8(0) == 0x7B))
        and any of them
}
