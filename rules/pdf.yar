// PDF files, as far as they can be read without unpacking their streams.

rule pdf_launches_program
{
    meta:
        description = "The document starts a program or a command"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
        echoes = "pdf.launch"
    strings:
        $launch = /\/S\s{0,8}\/Launch\b/
        $program = /\/(F|P)\s{0,8}\([^)]{0,200}(cmd|powershell|mshta|\.exe|\.vbs|\.js|\.hta|\.bat)\b/ nocase
    condition:
        kinds contains " pdf " and all of them
}

rule pdf_carries_program
{
    meta:
        description = "A program or a script is attached inside the document"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
        echoes = "pdf.attachment"
    strings:
        $name = /\/U?F\s{0,8}\([^)]{1,200}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|ps1|bat|cmd|lnk|jar|msi|iso|img)\)/ nocase
        $file = "/EmbeddedFile"
    condition:
        kinds contains " pdf " and all of them
}

rule pdf_known_exploit
{
    meta:
        description = "The document calls a function of Reader that was attacked time and again"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1203/"
        technique = "T1203"
        echoes = "pdf.script"
    strings:
        $mail = "Collab.collectEmailInfo"
        $icon = /Collab\.getIcon\s{0,4}\(/
        $print = /util\.printf\s{0,4}\(\s{0,4}["\']%4?5000f/
        $media = /media\.newPlayer\s{0,4}\(\s{0,4}null/
        $customdict = /spell\.customDictionaryOpen\s{0,4}\(/
    condition:
        kinds contains " pdf " and any of them
}

rule pdf_fills_memory
{
    meta:
        description = "A script in the document fills the memory with machine code"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1203/"
        technique = "T1203"
        echoes = "pdf.script"
    strings:
        $sled = /unescape\s{0,4}\(\s{0,4}["\'](%u9090|%u0c0c|%u0a0a|%u4141|%u0d0d)/ nocase
        $row = /(%u[0-9a-f]{4}){40}/ nocase
    condition:
        kinds contains " pdf " and any of them
}

rule pdf_opens_what_it_carries
{
    meta:
        description = "A script saves a file that is attached to the document, and opens it"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
        echoes = "pdf.script"
    strings:
        $export = /exportDataObject\s{0,4}\\?\([^)]{0,200}nLaunch\s{0,4}:\s{0,4}[12]/
    condition:
        kinds contains " pdf " and $export
}

rule pdf_is_web_archive
{
    meta:
        description = "A document that Word opens as a web archive, macros included"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1036/008/"
        technique = "T1036.008"
    strings:
        $pdf = "%PDF-"
        $mime = /MIME-Version:\s{0,4}1\.0/ nocase
        $part = /Content-Type:\s{0,4}(multipart\/related|application\/x-mso|text\/html)/ nocase
        $word = /(editdata\.mso|ActiveMime|QWN0aXZlTWltZQ|<w:WordDocument|urn:schemas-microsoft-com:office)/ nocase
    condition:
        not kinds contains " message " and $pdf in (0..1024) and all of them
}

rule pdf_with_flash
{
    meta:
        description = "The document holds a Flash film, which only attacks still need"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1203/"
        technique = "T1203"
        echoes = "pdf.media"
    strings:
        $rich = "/RichMedia"
        $flash_1 = "application/x-shockwave-flash" nocase
        $flash_2 = /\/Subtype\s{0,4}\/Flash\b/
        $flash_3 = /\.swf\s{0,4}\)/ nocase
    condition:
        kinds contains " pdf " and $rich and any of ($flash*)
}

rule pdf_calls_share
{
    meta:
        description = "The document reaches for a share of a stranger, and so tells who the reader is"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1187/"
        technique = "T1187"
        echoes = "pdf.remote pdf.launch"
    strings:
        $action = /\/S\s{0,4}\/(GoToE|GoToR|Launch|ImportData|SubmitForm)\b[^>]{0,300}\/F\s{0,4}\(\s{0,4}(\\\\\\\\|\/\/)[^)]{3,200}\)/
        $first = /\/F\s{0,4}\(\s{0,4}(\\\\\\\\|\/\/)[^)]{3,200}\)[^>]{0,300}\/S\s{0,4}\/(GoToE|GoToR|Launch|ImportData)\b/
    condition:
        kinds contains " pdf " and any of them
}
