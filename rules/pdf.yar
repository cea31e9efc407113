// PDF files, as far as they can be read without unpacking their streams.

rule pdf_launches_program
{
    meta:
        description = "The document starts a program or a command"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $launch = /\/S\s{0,8}\/Launch\b/
        $program = /\/(F|P)\s{0,8}\([^)]{0,200}(cmd|powershell|mshta|\.exe|\.vbs|\.js|\.hta|\.bat)\b/ nocase
    condition:
        kinds contains " pdf " and all of them
}

rule pdf_hidden_name
{
    meta:
        description = "The name of an action is spelled in hexadecimal, as only evasion needs"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1027/"
        technique = "T1027"
    strings:
        // JavaScript, JS and Launch, with their first letter as it is or as #xx, and one more as #xx.
        $script_1 = /\/J(a|#61)(v|#76)(a|#61)(S|#53)(c|#63)(r|#72)(i|#69)(p|#70)(t|#74)[\s<(\/\[]/ nocase
        $script_2 = /#4a(a|#61)(v|#76)(a|#61)(S|#53)(c|#63)(r|#72)(i|#69)(p|#70)(t|#74)[\s<(\/\[]/ nocase
        $short = /\/(#4aS|J#53|#4a#53)[\s<(\/\[]/ nocase
        $launch_1 = /\/L(a|#61)(u|#75)(n|#6e)(c|#63)(h|#68)[\s<(\/\[]/ nocase
        $launch_2 = /#4c(a|#61)(u|#75)(n|#6e)(c|#63)(h|#68)[\s<(\/\[]/ nocase
    condition:
        kinds contains " pdf "
        and ($script_2 or $launch_2 or $short
            or (for any i in (1..#script_1) : (!script_1[i] > 12))
            or (for any i in (1..#launch_1) : (!launch_1[i] > 8)))
}

rule pdf_reaches_out
{
    meta:
        description = "Opening the document contacts another machine, which may learn the password"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1187/"
        technique = "T1187"
    strings:
        $action = /\/S\s{0,8}\/(GoToR|GoToE|Launch)\b[^>]{0,200}\/F\s{0,8}(<<[^>]{0,100})?\(\\\\/
    condition:
        kinds contains " pdf " and $action
}

rule pdf_carries_program
{
    meta:
        description = "A program or a script is attached inside the document"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
    strings:
        $name = /\/U?F\s{0,8}\([^)]{1,200}\.(exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|ps1|bat|cmd|lnk|jar|msi|iso|img)\)/ nocase
        $file = "/EmbeddedFile"
    condition:
        kinds contains " pdf " and all of them
}
