// Office documents: what makes them fetch or start something. The parts of a package come here
// one by one, as XML; so do the streams of the older formats.

rule office_dde_command
{
    meta:
        description = "A field or a cell asks Windows to start a program by Dynamic Data Exchange"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        technique = "T1559.002"
        echoes = "office.dde"
    strings:
        $field = /\bDDE(AUTO)?\s[^<]{0,200}(cmd|powershell|mshta|wscript|rundll32|regsvr32|msiexec)(\.exe)?\b/ nocase
        $link = /<ddeLink\s[^>]{0,200}ddeService=["][^"]{0,100}(cmd|powershell|mshta|wscript|rundll32|regsvr32|msiexec|msexcel)\b/ nocase
        $cell = /(^|[,;\t"\n>])\s{0,4}[=+@-][^|\n]{0,40}(cmd|powershell|mshta|wscript|rundll32|regsvr32|msiexec)(\.exe)?\s{0,4}\|/ nocase
    condition:
        ($link and kinds contains " xml ")
        or ($field and (kinds contains " xml " or kinds contains " rtf " or kind == "data"))
        or ($cell and (kind == "text" or kinds contains " xml "))
}

rule office_protocol_handler
{
    meta:
        description = "A link hands text to a Windows tool that runs it (ms-msdt, search-ms)"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2022-30190"
        technique = "T1203"
        echoes = "office.tool-link html.remote"
    strings:
        $diagnostics = /ms-msdt:\/?\s{0,4}[\/-]?id\s{1,4}PCWDiagnostic/ nocase
        $escaped = /ms-msdt:[^\s"'<>]{0,20}%20PCWDiagnostic/ nocase
        $search = /["'=]\s{0,4}search(-ms)?:[^"'<>\n]{0,200}crumb=location:/ nocase
    condition:
        (kinds contains " html " or kinds contains " xml " or kinds contains " rtf ") and any of them
}

rule office_linked_address
{
    meta:
        description = "An object that is fetched from an address when the document is opened"
        level = "suspicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-0199"
        technique = "T1203"
        echoes = "office.remote-object"
    strings:
        $class = { E0 C9 EA 79 F9 BA CE 11 8C 82 00 AA 00 4B A9 0B }
        $written = "e0c9ea79f9bace118c8200aa004ba90b" nocase
    condition:
        ($class and name contains "\x01Ole") or ($written and kinds contains " rtf ")
}

rule office_script_moniker
{
    meta:
        description = "An object that runs a scriptlet when the document is opened"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-8570"
        technique = "T1203"
        echoes = "office.object office.remote-object"
    strings:
        $class = { D3 0B 29 06 AA 48 D2 11 84 32 00 60 08 C3 FB FC }
        $written = "d30b2906aa48d2118432006008c3fbfc" nocase
    condition:
        ($class and (name contains "\x01Ole" or kinds contains " ole ")) or ($written and kinds contains
            " rtf ")
}

rule office_browser_object
{
    meta:
        description = "An embedded browser window, which shows a page from the network inside the document"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1221/"
        technique = "T1221"
        echoes = "office.object"
    strings:
        $class = { C3 2A B2 EA C1 30 CF 11 A7 EB 00 00 C0 5B AE 0B }
        $written = "c32ab2eac130cf11a7eb0000c05bae0b" nocase
    condition:
        ($class and (name contains "\x01Ole" or kinds contains " ole ")) or ($written and kinds contains
            " rtf ")
}

rule office_html_object
{
    meta:
        description = "An embedded page with script, of the kind that attackers put into documents"
        level = "suspicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2021-40444"
        technique = "T1203"
        echoes = "office.object"
    strings:
        $class = { 20 69 33 25 F9 03 CF 11 8F D0 00 AA 00 68 6F 13 }
        $written = "20693325f903cf118fd000aa00686f13" nocase
    condition:
        ($class and (name contains "\x01Ole" or kinds contains " ole ")) or ($written and kinds contains
            " rtf ")
}

rule office_old_control_exploit
{
    meta:
        description = "A control of Windows that was attacked in documents for years"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2012-0158"
        technique = "T1203"
        echoes = "office.object"
    strings:
        $list = "MSComctlLib.ListViewCtrl" nocase ascii wide
        $tool = "MSComctlLib.Toolbar" nocase ascii wide
        $rtf = "4D53436F6D63746C4C69622E" nocase
    condition:
        (kinds contains " rtf " and any of them) or (name contains "CompObj" and ($list or $tool))
}

rule office_addin_from_network
{
    meta:
        description = "The document opens an add-in from a shop or a site by itself"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1137/006/"
        technique = "T1137.006"
    strings:
        $show = /Office\.AutoShowTaskpaneWithDocument"\s{1,4}value="true/ nocase
    condition:
        kinds contains " xml " and $show
}

rule office_query_from_network
{
    meta:
        description = "A workbook that fetches its cells from an address as it is opened"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1221/"
        technique = "T1221"
    strings:
        $connection = /<connection\s[^>]{0,600}refreshOnLoad="(1|true)"/ nocase
        $web = /<webPr\s[^>]{0,300}url="https?:/ nocase
        $query = /<connection\s[^>]{0,600}(Provider=MSDASQL|Data Source=https?:|Data Source=\\\\)/ nocase
    condition:
        kinds contains " xml " and (($connection and $web) or ($connection and $query))
}

rule office_publisher_or_visio_link
{
    meta:
        description = "A drawing or a page whose objects start programs by a click on them"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $run = /(RUNADDON|RUNMACRO|CALLTHIS|GOTOPAGE)\s{0,4}\(\s{0,4}(&quot;|")[^"&]{1,200}\.(exe|bat|cmd|vbs|js|ps1|hta|lnk)/ nocase
        $link = /<HyperLink\b[^>]{0,400}Address=["\'](file:)?[^"\']{1,200}\.(exe|bat|cmd|vbs|js|ps1|hta|lnk)["\']/ nocase
    condition:
        kinds contains " xml " and any of them
}

rule office_entity_from_network
{
    meta:
        description = "A part of the document names an entity outside of it; Word refuses such a document, other readers may fetch it"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1221/"
        technique = "T1221"
    strings:
        $entity = /<!(ENTITY|DOCTYPE)\s[^>]{0,200}(SYSTEM|PUBLIC)\s[^>]{0,200}["\'](https?:|file:|ftp:|\\\\)/ nocase
    condition:
        kinds contains " xml " and not kinds contains " svg " and not kinds contains " html " and name
            matches /^(word|xl|ppt|docProps|customXml|_rels|\[Content)/ and $entity
}

rule office_database_starts
{
    meta:
        description = "A database of Access with a macro that runs when it is opened"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $head = { 00 01 00 00 53 74 61 6E 64 61 72 64 20 (4A 65 74 | 41 43 45) 20 44 42 00 }
        // Jet keeps the names of macros in short characters behind a mark, or in wide ones.
        $short = { FF FE 41 75 74 6F 45 78 65 63 }
        $wide = "AutoExec" wide
    condition:
        $head at 0 and ($short or $wide)
}
