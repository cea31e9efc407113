// Pages and drawings that arrive as files: an honest one shows something and does nothing.

rule web_smuggled_file
{
    meta:
        description = "A page that builds a file in the browser and offers it as a download"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        technique = "T1027.006"
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
}

rule web_smuggled_archive_or_program
{
    meta:
        description = "A page that carries a program or an archive as text, to be saved by a script"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        technique = "T1027.006"
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
