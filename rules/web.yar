// Pages and drawings that arrive as files: an honest one shows something and does nothing.

rule web_smuggled_file
{
    meta:
        description = "A page that builds a file in the browser and offers it as a download"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        technique = "T1027.006"
        echoes = "html.smuggling html.download web_smuggled_archive_or_program"
    strings:
        $blob = /\bnew\s{1,4}(Blob|File)\s{0,4}\(/
        $hand_over_1 = "createObjectURL"
        $hand_over_2 = /\bmsSave(OrOpen)?Blob\b/
        $bytes_1 = /\batob\s{0,4}\(\s{0,4}["'][A-Za-z0-9+\/]{80}/
        $bytes_2 = /\bnew\s{1,4}Uint8Array\s{0,4}\(/
        $click = /\.(click\s{0,4}\(|download\s{0,4}=|setAttribute\s{0,4}\(\s{0,4}["']download)/
    condition:
        (kinds contains " html " or kinds contains " svg ")
        and $blob and any of ($hand_over*) and any of ($bytes*) and $click
        // The libraries of a big report have all of it, but not in one place.
        and (filesize < 200KB or $bytes_1 or for any i in (1..#blob) : (
            @blob[i] < 3000 or (
                $bytes_2 in (@blob[i] - 3000 .. @blob[i] + 3000)
                and $click in (@blob[i] - 3000 .. @blob[i] + 3000)
            )
        ))
}

rule web_smuggled_archive_or_program
{
    meta:
        description = "A page that carries a program or an archive as text, to be saved by a script"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        technique = "T1027.006"
        echoes = "html.smuggling html.download"
    strings:
        // The first bytes of a program, a zip, a 7z, a rar, in base64 at the start of a text.
        $carried = /["'](data:[a-z]{1,20}\/[a-z.+-]{1,40};base64,)?(TV[oqpr][AQ]A|UEsDBBQ|UEsDBAo|N3q8ryc|UmFyIRo)/
        $saved_1 = "createObjectURL"
        $saved_2 = /\bmsSave(OrOpen)?Blob\b/
        $saved_3 = /<a\s[^>]{0,200}\bdownload\b/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and $carried and any of ($saved*)
}

rule web_hidden_destination
{
    meta:
        description = "A page of a few lines that sends the browser to an address it hides"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        technique = "T1566.001"
        echoes = "html.redirect"
    strings:
        $decoded = /\b(location|replace|href|open)["'\]\s]{0,8}(=|\()\s{0,8}(atob|unescape|decodeURIComponent|String\.fromCharCode)\s{0,4}\(/
    condition:
        (kinds contains " html " or kinds contains " svg ") and filesize < 64KB and $decoded
}

rule web_password_form
{
    meta:
        description = "A page in a file that asks for a password and sends it to another site"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1598/002/"
        technique = "T1598.002"
        echoes = "html.password"
    strings:
        $form = /<form\s[^>]{0,400}action\s{0,4}=\s{0,4}["']?https?:\/\//  nocase
        $password = /<input\s[^>]{0,200}type\s{0,4}=\s{0,4}["']?password/ nocase
    condition:
        kinds contains " html " and all of them
}

rule web_drawing_with_script
{
    meta:
        description = "A drawing that holds a script, which a browser runs"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/017/"
        technique = "T1027.017"
        echoes = "svg.script"
    strings:
        $script = /<(\w{1,10}:)?script[\s>]/ nocase
        $event = /\son(load|click|error|begin|mouseover|focusin)\s{0,4}=\s{0,4}["']/ nocase
        $link = /href\s{0,4}=\s{0,4}["']\s{0,8}javascript:/ nocase
    condition:
        kinds contains " svg " and any of them
}

rule web_application
{
    meta:
        description = "An HTML application: a page that Windows runs with all rights of the user"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1218/005/"
        technique = "T1218.005"
    strings:
        $tag = /<hta:application[\s>\/]/ nocase
    condition:
        kinds contains " html " and $tag
}

rule web_sends_elsewhere
{
    meta:
        description = "A page of a few lines that shows nothing and leads to another site at once"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        technique = "T1566.001"
        echoes = "html.redirect"
    strings:
        $refresh = /<meta\s[^>]{0,100}http-equiv\s{0,4}=\s{0,4}["']?refresh["']?[^>]{0,100}url\s{0,4}=\s{0,4}["']?https?:\/\// nocase
    condition:
        kinds contains " html " and filesize < 1KB and $refresh
}

rule web_picture_with_script
{
    meta:
        description = "A picture that is a page or a script as well"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1036/008/"
        technique = "T1036.008"
        echoes = "picture.page"
    strings:
        // The letters of a GIF, used as the name of a variable.
        $variable = /GIF8[79]a\s{0,8}=/
        $page = /<(script|html|iframe)[\s>]/ nocase
    condition:
        kinds contains " image " and ($variable at 0 or $page in (0..2048))
}

rule web_external_entity
{
    meta:
        description = "An XML file that makes its reader fetch another file"
        level = "suspicious"
        reference = "https://cwe.mitre.org/data/definitions/611.html"
        technique = ""
        echoes = "cda.entity xml.fetches"
    strings:
        $entity = /<!ENTITY\s{1,8}(%\s{1,8})?[\w.-]{1,60}\s{1,8}SYSTEM\s{1,8}["'](file|https?|ftp|php|expect|jar|\\\\)/
    condition:
        // Office reads no document type: in its parts this is a curiosity.
        (kinds contains " xml " or kinds contains " svg ") and $entity
        and not name matches /^(word|xl|ppt|visio|docProps)\//
}

rule web_entity_bomb
{
    meta:
        description = "An XML file whose few lines grow to gigabytes when it is read"
        level = "suspicious"
        reference = "https://cwe.mitre.org/data/definitions/776.html"
        technique = "T1499.004"
    strings:
        $nested = /<!ENTITY\s{1,8}[\w.-]{1,60}\s{1,8}["'](&[\w.-]{1,60};){4}/
        $long = /<!ENTITY\s{1,8}[\w.-]{1,60}\s{1,8}["'][^<&"']{800}/
    condition:
        (kinds contains " xml " or kinds contains " svg ") and ($long or #nested > 2)
        and not name matches /^(word|xl|ppt|visio|docProps)\//
}

rule web_reports_to_chat
{
    meta:
        description = "A page that sends what is typed into it to a chat robot"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1567/"
        technique = "T1567"
    strings:
        $bot = /api\.telegram\.org\/bot[0-9%$"\'+{]/ nocase
        $hook = /discord(app)?\.com\/api\/webhooks\// nocase
        $password = /type\s{0,4}=\s{0,4}["\']?password/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and ($bot or $hook) and $password
}

rule web_copies_command
{
    meta:
        description = "A page that puts a command into the clipboard, for the reader to paste and run"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
        technique = "T1204.004"
    strings:
        $copy = /(clipboard\.writeText|execCommand\s{0,4}\(\s{0,4}["\']copy)/ nocase
        $command = /\b(powershell|pwsh|mshta|cmd(\.exe)?\s{1,4}\/c|curl\s|rundll32|msiexec|certutil)\b[^<]{0,200}(https?:|-e(nc)?\b|\\\\)/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and all of them
}

rule web_page_in_disguise
{
    meta:
        description = "A page that is written anew, as a whole, from text that nobody can read"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        technique = "T1027.006"
    strings:
        $write = /document\.write(ln)?\s{0,4}\(\s{0,4}(unescape|atob|decodeURIComponent|decodeURI)\s{0,4}\(\s{0,4}["\'`][A-Za-z0-9%+\/=]{200}/ nocase
        $inner = /(innerHTML|outerHTML|srcdoc)\s{0,4}=\s{0,4}(unescape|atob|decodeURIComponent)\s{0,4}\(\s{0,4}["\'`][A-Za-z0-9%+\/=]{200}/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and any of them
}

rule web_runs_character_codes
{
    meta:
        description = "A page that runs script which it spells in character codes"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $spell = /(eval|Function|setTimeout|document\.write)\s{0,4}\(\s{0,4}String\.fromCharCode\s{0,4}\((\s{0,2}\d{1,3}\s{0,2},){20}/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and $spell
}

rule web_writes_with_invisible_letters
{
    meta:
        description = "A script made of letters that nobody sees"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $filler = /(\xe3\x85\xa4|\xef\xbe\xa0){60}/
        $selector = /(\xf3\xa0[\x84-\x87][\x80-\xbf]){60}/
        $zero = /(\xe2\x80[\x8b\x8c\x8d]){120}/
    condition:
        ((kinds contains " html " or kinds contains " svg ") or kinds contains " script ") and any of
            them
}

rule web_visual_basic_page
{
    meta:
        description = "A page with Visual Basic that creates objects of Windows"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        technique = "T1059.005"
    strings:
        $language = /<script[^>]{0,100}(language|type)\s{0,4}=\s{0,4}["\']?(text\/)?vbs(cript)?\b/ nocase
        $object = /\b(CreateObject|GetObject)\s{0,4}\(/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and all of them
}

rule web_installs_control
{
    meta:
        description = "A page that has a program fetched and installed as a control"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1189/"
        technique = "T1189"
    strings:
        $object = /<object\s[^>]{0,300}codebase\s{0,4}=\s{0,4}["\']?(https?:)?\/\/[^"\'>\s]{1,200}\.(exe|dll|inf)\b/ nocase
    condition:
        (kinds contains " html " or kinds contains " svg ") and $object
}

rule web_form_in_drawing
{
    meta:
        description = "A drawing that holds a whole page, with a form or a frame in it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/017/"
        technique = "T1027.017"
    strings:
        $foreign = /<(\w{1,10}:)?foreignObject[\s>]/ nocase
        $form = /<(\w{1,10}:)?(form|iframe|embed|input)[\s>]/ nocase
    condition:
        kinds contains " svg " and all of them
}

rule web_program_of_assembly
{
    meta:
        description = "A page that builds a file with WebAssembly and saves it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        technique = "T1027.006"
    strings:
        $assembly = /WebAssembly\.(instantiate|Module|compile)/
        $carried = "AGFzbQ"
        $save_1 = "createObjectURL"
        $save_2 = /\.download\s{0,4}=/
    condition:
        (kinds contains " html " or kinds contains " svg ") and $assembly and $carried and any of
            ($save*)
}

rule web_shortcut_through_old_browser
{
    meta:
        description = "An address that makes Windows open a page in its old, unsafe browser"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1203/"
        technique = "T1203"
    strings:
        $moniker = /mhtml:[^\s"\'<>]{3,300}!x-usc:/ nocase
    condition:
        not kinds contains " message " and $moniker
}

rule web_share_over_http
{
    meta:
        description = "A file is to be opened from a share on the internet"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1105/"
        technique = "T1105"
    strings:
        $ssl = /\\\\[^\s\\"\'<>]{3,100}@(ssl|80|443|\d{4,5})(@\d{2,5})?\\/ nocase ascii wide
        $root = /\\davwwwroot\\/ nocase ascii wide
    condition:
        (kinds contains " lnk " or kinds contains " script " or (kinds contains " html " or kinds
            contains " svg ") or kinds contains " xml " or extension matches
            /^\.(url|library-ms|searchconnector-ms|bat|cmd|vbs|js|ps1|rtf)$/) and filesize < 4MB and any of
            them
}

rule web_installs_application
{
    meta:
        description = "A link that has Windows install an application from the network"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/001/"
        technique = "T1204.001"
    strings:
        $link = /ms-appinstaller:\/?\/?\?source=https?:/ nocase
        $click = /\.(application|appref-ms)["\'?]/ nocase
    condition:
        ((kinds contains " html " or kinds contains " svg ") or kinds contains " xml " or kinds contains
            " pdf ") and $link or ((kinds contains " html " or kinds contains " svg ") and $click and
            filesize < 64KB)
}

rule web_calls_share_of_stranger
{
    meta:
        description = "A page that loads a picture or a frame from a share, and so tells who the reader is"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1187/"
        technique = "T1187"
    strings:
        $source = /\b(src|href)\s{0,2}=\s{0,2}["\']?(file:)?(\/\/\/\/|\\\\)[A-Za-z0-9]/ nocase
    condition:
        kinds contains " html " and $source
}
