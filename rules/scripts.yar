// Scripts and shortcuts, by what they call.

rule script_hidden_powershell
{
    meta:
        description = "PowerShell is started out of sight, with an encoded or a downloaded command"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        technique = "T1059.001"
    strings:
        $powershell = /\b(powershell|pwsh)(\.exe)?\b/ nocase ascii wide
        $encoded = /\s-e(c|n|nc|nco|ncod|ncode|ncoded|ncodedcommand)?\s{1,4}["']?[A-Za-z0-9+\/]{40}/ nocase ascii wide
        $hidden = /\s-w(i|in|ind|indow|indowstyle)?\s{1,4}(hidden|1)\b/ nocase ascii wide
        $download = /\b(DownloadString|DownloadFile|DownloadData|Invoke-WebRequest|Start-BitsTransfer)\b/ nocase ascii wide
        $run = /\b(iex|Invoke-Expression)\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or kinds contains " html "
            or extension matches /^\.(bat|cmd|ps1|hta|js|jse|vbs|wsf|lnk|url)$/)
        and ($powershell and ($encoded or ($hidden and $download))
            or ($download and $run and (extension == ".ps1" or kinds contains " script ")))
}

rule script_downloads_and_runs
{
    meta:
        description = "A Windows script that downloads a file and starts it"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1059/007/"
        technique = "T1059.007"
    strings:
        $fetch = /\b(MSXML2\.(Server)?XMLHTTP|Microsoft\.XMLHTTP|WinHttp\.WinHttpRequest)/ nocase ascii wide
        $save = /\bADODB\.Stream\b|\bSaveToFile\b/ nocase ascii wide
        $run = /\bWScript\.Shell\b|\bShell\.Application\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " html "
            or extension matches /^\.(js|jse|vbs|vbe|wsf|hta|sct|xsl)$/)
        and $fetch and ($save or $run)
}

rule script_starts_program
{
    meta:
        description = "A script that starts programs through the Windows shell"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        technique = "T1059.005"
    strings:
        $shell = /\b(CreateObject|ActiveXObject)\s{0,4}\(\s{0,4}["'](WScript\.Shell|Shell\.Application)["']/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " html " or kinds contains " xml ") and $shell
}

rule script_encoded
{
    meta:
        description = "A script in Microsoft's encoding, which hides its text from readers"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/"
        technique = "T1027"
    strings:
        $mark = /#@~\^[A-Za-z0-9+\/]{6}==/
    condition:
        $mark and ($mark at 0 or extension matches /^\.(vbe|jse|wsf|wsc|sct|hta)$/)
}

rule script_shortcut_runs_command
{
    meta:
        description = "A shortcut that starts a command interpreter instead of opening a document"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $target = /\\(cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|msiexec|certutil)\.exe/ nocase ascii wide
        $variable = "%COMSPEC%" nocase ascii wide
    condition:
        kinds contains " lnk " and any of them
}

rule script_link_to_share
{
    meta:
        description = "An internet shortcut whose icon or page lies on another machine's share"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1187/"
        technique = "T1187"
    strings:
        $head = /\[(InternetShortcut|Shell)\]/ nocase
        $share = /(^|\n)\s{0,4}(URL|IconFile|WorkingDirectory)\s{0,4}=\s{0,4}(file:)?(\/{2,4}|\\\\)[^\/\\\s]{1,100}[\/\\]/ nocase
    condition:
        filesize < 64KB and all of them
}
