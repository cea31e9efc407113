// The formats of hospitals, bent to do harm. Honest ones of each kind match nothing here.

rule health_document_with_script
{
    meta:
        description = "A clinical document (CDA) with something that a browser runs"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1059/007/"
        technique = "T1059.007"
        echoes = "cda.active"
    strings:
        $root = /<(\w{1,20}:)?ClinicalDocument[\s>]/
        $script = /<(\w{1,20}:)?script[\s>]/ nocase
        $link = /(href|src|value)\s{0,4}=\s{0,4}["\']\s{0,8}(javascript|vbscript|data:text\/html):?/ nocase
        $event = /\son(load|click|error|mouseover)\s{0,4}=\s{0,4}["\']/ nocase
        $frame = /<(\w{1,20}:)?(iframe|object|embed)\s[^>]{0,200}(src|data)=/ nocase
    condition:
        kinds contains " xml " and $root and ($script or $link or $event or $frame)
}

rule health_document_with_entity
{
    meta:
        description = "A clinical document that has something read from the network or the disk"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1221/"
        technique = "T1221"
        echoes = "cda.entity"
    strings:
        $root = /<(\w{1,20}:)?(ClinicalDocument|Bundle|SubmitObjectsRequest)[\s>]/
        $entity = /<!ENTITY\s{1,4}[^>]{0,200}(SYSTEM|PUBLIC)\s/ nocase
    condition:
        kinds contains " xml " and all of them
}

rule health_document_styled_by_stranger
{
    meta:
        description = "A clinical document that takes its style sheet from a share or another machine"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1220/"
        technique = "T1220"
        echoes = "xml.sheet cda.share"
    strings:
        $root = /<(\w{1,20}:)?ClinicalDocument[\s>]/
        $style = /<\?xml-stylesheet\s[^>]{0,200}href\s{0,4}=\s{0,4}["\'](ftp:|file:\/\/[^\/]|\\\\|data:|javascript:)/ nocase
    condition:
        kinds contains " xml " and all of them
}

rule health_message_with_command
{
    meta:
        description = "A laboratory message (HL7 v2) that holds a command or a script"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1059/"
        technique = "T1059"
    strings:
        $head = /^\x0b?(MSH|FHS|BHS)\|/
        $script = /<script[\s>]|javascript:|\bpowershell(\.exe)?\s{1,4}-|\bmshta\s{1,4}https?:|cmd\.exe\s{1,4}\/c/ nocase
    condition:
        $head and $script
}

rule health_resource_from_share
{
    meta:
        description = "A FHIR resource whose attachment is to be read from a share or the disk"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1187/"
        technique = "T1187"
        echoes = "message.share"
    strings:
        $type = /"resourceType"\s{0,8}:\s{0,8}"\w{3,40}"/
        $url = /"(url|reference|fullUrl)"\s{0,8}:\s{0,8}"(file:|\\\\\\\\|javascript:|data:text\/html)/ nocase
    condition:
        filesize < 64MB and all of them
}

rule health_image_with_program
{
    meta:
        description = "A DICOM image with a program for Windows between its data"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
        echoes = "dicom.preamble program.attached"
    strings:
        $stub = "This program cannot be run in DOS mode"
        $stub_2 = "This program must be run under Win32"
        $elf = { 7F 45 4C 46 (01 | 02) 01 01 (00 | 03) 00 00 00 00 00 00 00 00 (02 | 03) 00 (03 | 3E | B7) 00 01 00 00 00 }
    condition:
        uint32be(128) == 0x4449434D and any of them
}
