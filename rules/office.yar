// Office documents: what makes them fetch or start something. The parts of a package come here
// one by one, as XML; so do the streams of the older formats.

rule office_remote_template
{
    meta:
        description = "The document loads its template from another machine, macros included"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1221/"
        technique = "T1221"
    strings:
        // Attributes come in any order. A template on the own disk, such as Normal.dotm, is honest.
        $type_first = /relationships\/attachedTemplate"[^>]{0,300}Target="(https?:|mhtml:|ftp:|file:\/{2,3}[^\/"]{0,60}@|\\\\)/ nocase
        $target_first = /Target="(https?:|mhtml:|ftp:|\\\\)[^>]{0,600}relationships\/attachedTemplate"/ nocase
    condition:
        filesize < 1MB and any of them
}

rule office_remote_object
{
    meta:
        description = "The document fetches an object or a frame from the network when it is opened"
        level = "suspicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2021-40444"
        technique = "T1221"
    strings:
        $type_first = /relationships\/(oleObject|frame|aFChunk)"[^>]{0,300}Target="(https?:|mhtml:|ftp:|\\\\)/ nocase
        $target_first = /Target="(https?:|mhtml:|ftp:|\\\\)[^>]{0,600}relationships\/(oleObject|frame|aFChunk)"/ nocase
    condition:
        filesize < 1MB and any of them
}

rule office_dde_command
{
    meta:
        description = "A field or a cell asks Windows to start a program by Dynamic Data Exchange"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        technique = "T1559.002"
    strings:
        $field = /\bDDE(AUTO)?\s[^<]{0,200}(cmd|powershell|mshta|wscript|rundll32|regsvr32|msiexec)(\.exe)?\b/ nocase
        $link = /<ddeLink\s[^>]{0,200}ddeService="[^"]{0,100}(cmd|powershell|mshta|wscript|rundll32|regsvr32|msiexec|msexcel)\b/ nocase
        $cell = /(^|[,;\t"\n>])\s{0,4}[=+@-][^|\n]{0,40}(cmd|powershell|mshta|wscript|rundll32|regsvr32|msiexec)(\.exe)?\s{0,4}\|/ nocase
    condition:
        ($link and kinds contains " xml ")
        or ($field and (kinds contains " xml " or kinds contains " rtf " or kind == "data"))
        or ($cell and (kind == "text" or kinds contains " xml "))
}

rule office_dde_field
{
    meta:
        description = "A field that starts another program by itself when the document is opened"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        technique = "T1559.002"
    strings:
        $field = /<w:instrText[^>]{0,100}>\s{0,40}"?\s{0,4}DDEAUTO\b/
        $simple = /<w:fldSimple\s[^>]{0,200}w:instr=["']\s{0,40}DDEAUTO\b/
    condition:
        kinds contains " xml " and any of them
}

rule office_equation_exploit
{
    meta:
        description = "An equation object that holds a command line: the old equation editor runs it"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
        technique = "T1203"
    strings:
        $header = { 1C 00 00 00 02 00 }
        $command = /(cmd(\.exe)?\s{1,4}\/c|mshta|powershell|certutil|wscript)\b/ nocase
    condition:
        name contains "Equation Native" and $header at 0 and $command
}

rule office_ribbon_starts_macro
{
    meta:
        description = "A ribbon starts a macro as soon as the document is opened"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $ribbon = /<customUI\s[^>]{0,400}\bonLoad\s{0,4}=/
    condition:
        kinds contains " xml " and $ribbon
}

rule office_slide_runs_program
{
    meta:
        description = "A slide starts a program when the mouse is moved or clicked over it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $action = /<a:hlink(Click|MouseOver|Hover)\s[^>]{0,300}action="ppaction:\/\/program"/ nocase
    condition:
        kinds contains " xml " and $action
}

rule office_protocol_handler
{
    meta:
        description = "A link hands text to a Windows tool that runs it (ms-msdt, search-ms)"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2022-30190"
        technique = "T1203"
    strings:
        $diagnostics = /ms-msdt:\/?\s{0,4}[\/-]?id\s{1,4}PCWDiagnostic/ nocase
        $escaped = /ms-msdt:[^\s"'<>]{0,20}%20PCWDiagnostic/ nocase
        $search = /["'=]\s{0,4}search(-ms)?:[^"'<>\n]{0,200}crumb=location:/ nocase
    condition:
        (kinds contains " html " or kinds contains " xml " or kinds contains " rtf ") and any of them
}

rule office_flash_control
{
    meta:
        description = "The document holds a Flash control, which only attacks still need"
        level = "suspicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-4878"
        technique = "T1203"
    strings:
        $control = "classid=\"{D27CDB6E-AE6D-11CF-96B8-444553540000}\"" nocase
    condition:
        kinds contains " xml " and $control
}

rule office_packaged_file
{
    meta:
        description = "A file of any kind was dropped into the document; it was looked at too"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
    strings:
        // The name of the stream in the directory of a compound file.
        $stream = "\x01Ole10Native" wide
    condition:
        kinds contains " ole " and $stream
}

rule office_remote_picture
{
    meta:
        description = "The document fetches a picture, so that the sender learns who opens it and when"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1598/"
        technique = "T1598"
    strings:
        $type_first = /relationships\/image"[^>]{0,300}Target="(https?:|\\\\)/ nocase
        $target_first = /Target="(https?:|\\\\)[^>]{0,600}relationships\/image"/ nocase
    condition:
        filesize < 1MB and kinds contains " xml " and any of them
}
