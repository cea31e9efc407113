// Scripts and shortcuts, by what they call.

rule script_hidden_powershell
{
    meta:
        description = "PowerShell is started out of sight, with an encoded or a downloaded command"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        technique = "T1059.001"
        echoes = "lnk.command script.dropper"
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
        echoes = "script.dropper"
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
        echoes = "script.acts script.dropper"
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
        echoes = "script.encoded"
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
        echoes = "lnk.command"
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
        echoes = "script.share"
    strings:
        $head = /\[(InternetShortcut|Shell)\]/ nocase
        $share = /(^|\n)\s{0,4}(URL|IconFile|WorkingDirectory)\s{0,4}=\s{0,4}(file:)?(\/{2,4}|\\\\)[^\/\\\s]{1,100}[\/\\]/ nocase
    condition:
        filesize < 64KB and all of them
}

rule script_decodes_with_certutil
{
    meta:
        description = "A script uses the certificate tool of Windows to fetch or unpack a file"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1140/"
        technique = "T1140"
    strings:
        $tool = "certutil" nocase ascii wide
        $fetch = /-(urlcache|verifyctl)\s[^\r\n]{0,200}https?:/ nocase ascii wide
        $unpack = /[-\/]decode(hex)?\s[^\r\n]{1,200}\.(exe|dll|scr|js|vbs|bat|zip)\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and $tool and ($fetch or
            $unpack)
}

rule script_fetches_with_bitsadmin
{
    meta:
        description = "A script fetches a file with the transfer service of Windows"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1197/"
        technique = "T1197"
    strings:
        $old = /bitsadmin(\.exe)?\s[^\r\n]{0,100}\/transfer\s[^\r\n]{0,200}https?:\/\// nocase ascii wide
        $new = /Start-BitsTransfer\s[^\r\n]{0,200}https?:\/\/[^\r\n]{0,200}\.(exe|dll|ps1|msi|hta|js|vbs|zip)\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and any of them
}

rule script_runs_remote_page
{
    meta:
        description = "A page or a script from the network is run by mshta"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1218/005/"
        technique = "T1218.005"
        echoes = "lnk.command"
    strings:
        $remote = /mshta(\.exe)?["\s]{1,4}(https?:\/\/|\\\\|vbscript:|javascript:|about:)/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and $remote
}

rule script_runs_scriptlet
{
    meta:
        description = "A scriptlet from the network is registered, which runs it"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1218/010/"
        technique = "T1218.010"
        echoes = "lnk.command"
    strings:
        $squiblydoo = /regsvr32(\.exe)?\s[^\r\n]{0,100}\/i:\s{0,2}(https?:\/\/|\\\\)[^\r\n]{0,200}scrobj/ nocase ascii wide
        $moniker = /GetObject\s{0,4}\(\s{0,4}["\']script:\s{0,2}(https?:|\\\\)/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and any of them
}

rule script_in_rundll32
{
    meta:
        description = "A line of script is run by rundll32"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1218/011/"
        technique = "T1218.011"
    strings:
        $script = /rundll32(\.exe)?\s{1,4}["\']?(javascript|vbscript):/ nocase ascii wide
        $remote = /rundll32(\.exe)?\s{1,4}["\']?\\\\[^\s,"\']{3,100}(@ssl)?[^\s,"\']{0,100},/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and any of them
}

rule script_installs_from_network
{
    meta:
        description = "A package from the network is installed without a word"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1218/007/"
        technique = "T1218.007"
    strings:
        $install = /msiexec(\.exe)?\s[^\r\n]{0,100}https?:\/\// nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and $install
}

rule script_creates_process_by_wmi
{
    meta:
        description = "A program is started through the management interface, so that nobody sees who started it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1047/"
        technique = "T1047"
    strings:
        $wmic = /wmic(\.exe)?\s[^\r\n]{0,100}process\s{1,4}call\s{1,4}create/ nocase ascii wide
        $class = /Win32_Process(Startup)?["\')\s,]/ nocase ascii wide
        $create = /\.Create\s{0,4}[("]|\bInvoke-(WmiMethod|CimMethod)\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and ($wmic or ($class and
            $create))
}

rule script_deletes_backups
{
    meta:
        description = "Copies that Windows keeps are deleted, or its recovery is switched off: what ransomware does first"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1490/"
        technique = "T1490"
    strings:
        $shadow = /vssadmin(\.exe)?\s{1,4}(delete\s{1,4}shadows|resize\s{1,4}shadowstorage)/ nocase ascii wide
        $wmic = /shadowcopy\s{1,4}delete/ nocase ascii wide
        $catalog = /wbadmin(\.exe)?\s{1,4}delete\s{1,4}(catalog|systemstatebackup|backup)/ nocase ascii wide
        $boot = /bcdedit[^\r\n]{0,100}(recoveryenabled\s{1,4}no|ignoreallfailures)/ nocase ascii wide
        $class = /Win32_ShadowCopy[^\r\n]{0,200}(Delete|Remove-)/ nocase ascii wide
    condition:
        ((kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) or kinds contains " pe " or
            kinds contains " elf ") and any of them
}

rule script_switches_defender_off
{
    meta:
        description = "The virus scanner of Windows is switched off, or told what to overlook"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1562/001/"
        technique = "T1562.001"
    strings:
        $off = /Set-MpPreference\s[^\r\n]{0,200}-Disable(RealtimeMonitoring|IOAVProtection|BehaviorMonitoring|ScriptScanning)/ nocase ascii wide
        $overlook = /Add-MpPreference\s[^\r\n]{0,200}-Exclusion(Path|Process|Extension)/ nocase ascii wide
        $policy = /Windows Defender[^\r\n]{0,100}DisableAntiSpyware/ nocase ascii wide
        $service = /(sc(\.exe)?\s{1,4}(stop|delete|config)|net(\.exe)?\s{1,4}stop)\s{1,4}"?WinDefend/ nocase ascii wide
    condition:
        ((kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) or kinds contains " pe " or
            extension == ".reg") and any of them
}

rule script_blinds_scanner
{
    meta:
        description = "A script patches the interface by which Windows lets scanners see scripts"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1562/001/"
        technique = "T1562.001"
    strings:
        $class = "AmsiUtils" nocase ascii wide
        $field = "amsiInitFailed" nocase ascii wide
        $function = "AmsiScanBuffer" nocase ascii wide
        $patch = /\b(VirtualProtect|WriteProcessMemory|Marshal\]?::Copy)\b/ nocase ascii wide
        $events = "EtwEventWrite" nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and (($class and $field) or
            (($function or $events) and $patch))
}

rule script_schedules_itself
{
    meta:
        description = "A task is set up that starts a script or a hidden program again and again"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1053/005/"
        technique = "T1053.005"
    strings:
        $create = /schtasks(\.exe)?\s[^\r\n]{0,40}\/create\b/ nocase ascii wide
        $cmdlet = "Register-ScheduledTask" nocase ascii wide
        $what = /(wscript|cscript|mshta|powershell|pwsh|rundll32|regsvr32|%temp%|%appdata%|\\AppData\\|\\Users\\Public\\)/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and ($create or $cmdlet)
            and $what
}

rule script_starts_with_windows
{
    meta:
        description = "A script has something started at each logon"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1547/001/"
        technique = "T1547.001"
    strings:
        $key = /\\CurrentVersion\\(Run|RunOnce|Policies\\Explorer\\Run)\b/ nocase ascii wide
        $write = /(reg(\.exe)?\s{1,4}add|RegWrite|(New|Set)-ItemProperty)/ nocase ascii wide
        $startup = /SpecialFolders?\s{0,4}\(\s{0,4}["\']Startup/ nocase ascii wide
        $copy = /\.(CopyFile|SaveToFile|CreateShortcut)\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and (($key and $write) or
            ($startup and $copy))
}

rule script_registry_file_starts_program
{
    meta:
        description = "A registry file that has a program started by Windows"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1547/001/"
        technique = "T1547.001"
    strings:
        $head = "Windows Registry Editor" ascii wide
        $old = "REGEDIT4"
        $key = /\\(CurrentVersion\\(Run|RunOnce|Winlogon|Image File Execution Options)|shell\\open\\command)/ nocase ascii wide
        $program = /(\.exe|powershell|cmd|mshta|wscript|rundll32)/ nocase ascii wide
    condition:
        filesize < 1MB and ($head in (0..8) or $old in (0..8)) and $key and $program
}

rule script_loads_program_from_text
{
    meta:
        description = "A script unpacks a program from text and runs it in memory"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1620/"
        technique = "T1620"
    strings:
        $text = "FromBase64String" nocase ascii wide
        $load = /(Reflection\.Assembly\]?::Load|Assembly\]::Load|AppDomain\]?::CurrentDomain\.Load)\s{0,4}\(/ nocase ascii wide
        $memory = /\b(VirtualAlloc|GetDelegateForFunctionPointer|CreateThread)\b/ nocase ascii wide
        $shrunk = /\b(GzipStream|DeflateStream)\b/ nocase ascii wide
        $run = /\b(iex|Invoke-Expression)\b/ nocase ascii wide
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and $text and ($load or
            $memory or ($shrunk and $run))
}

rule script_spells_with_character_codes
{
    meta:
        description = "A script spells its commands with long rows of character codes"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $basic = /\bChrW?\s{0,2}\(\s{0,2}(&H[0-9A-F]{2}|\d{2,3})\s{0,2}\)\s{0,2}&/ nocase
        $script = /String\.fromCharCode\s{0,4}\((\s{0,2}\d{1,3}\s{0,2},){12}/ nocase
        $shell = /\[char\]\s{0,2}(0x[0-9a-f]{2}|\d{2,3})\s{0,2}\+/ nocase
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and (#basic > 30 or #shell
            > 20 or $script)
}

rule script_with_scrambled_names
{
    meta:
        description = "A script whose every name is a number, as tools for hiding scripts write it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $name = /\b_0x[a-f0-9]{4,6}\b/
        $windows = /\b(ActiveXObject|WScript|GetObject|eval|Function)\b/
    condition:
        (kinds contains " script " or extension matches /^\.(js|jse|wsf|hta)$/) and #name > 40 and
            $windows
}

rule script_runs_packed_text
{
    meta:
        description = "A script that unpacks its own text and runs it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $packer = "eval(function(p,a,c,k,e," nocase
        $unescape = /eval\s{0,4}\(\s{0,4}(unescape|decodeURIComponent|atob)\s{0,4}\(/ nocase
        $execute = /\bExecute(Global)?\s{0,4}\(?\s{0,4}(StrReverse|Replace|Join|Decode\w{0,20}|Chr)\s{0,4}\(/ nocase
        $shell = /(iex|Invoke-Expression)\s{0,4}\(?[^\r\n]{0,60}(-join|-replace|\.Replace\(|\[::-1\]|\[array\]::Reverse)/ nocase
    condition:
        (kinds contains " script " or extension matches /^\.(js|jse|vbs|vbe|wsf|hta|ps1)$/) and any of
            them
}

rule script_with_carets
{
    meta:
        description = "A command is broken up with carets, which only hide it from readers"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $shell = /p\^o?\^?w\^?e\^?r\^?s\^?h\^?e\^?l\^?l|po\^w|pow\^e|powe\^r|power\^s|powers\^h/ nocase
        $other = /(m\^s?\^?h\^?t\^?a|c\^e?\^?r\^?t\^?u\^?t\^?i\^?l|w\^s?\^?c\^?r\^?i\^?p\^?t|c\^m\^?d|cm\^d)\b/ nocase
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and any of them
}

rule script_cut_from_variables
{
    meta:
        description = "A batch file puts its commands together from single letters of variables"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        technique = "T1027.010"
    strings:
        $slice = /%\w{1,40}:~\d{1,4},1%/
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(bat|cmd|ps1|psm1|hta|js|jse|vbs|vbe|wsf|wsc|sct|lnk|url|inf)$/) and #slice > 15
}

rule script_python_runs_packed_text
{
    meta:
        description = "A Python script that unpacks its own text and runs it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1059/006/"
        technique = "T1059.006"
    strings:
        $run = /\bexec\s{0,4}\(\s{0,4}((__import__\(["\'](base64|zlib|marshal)["\']\)|base64|zlib|marshal|bytes|bytearray)\.?\w{0,20})/
        $lambda = /exec\(\(_\)\(b["\']/
    condition:
        (kinds contains " script " or extension matches /^\.pyw?$/) and any of them
}

rule script_opens_shell_to_network
{
    meta:
        description = "A script gives a command line to somebody on the network"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1059/004/"
        technique = "T1059.004"
    strings:
        $device = /(bash|sh)\s{1,4}-i\s{0,4}[>&]{1,3}\s{0,4}\/dev\/(tcp|udp)\// 
        $netcat = /\b(nc|ncat|netcat)(\.exe)?\s[^\r\n|;]{0,80}-[a-z]{0,4}[ec]\s{0,2}(\/bin\/|cmd|powershell)/
        $python = /socket\.socket[^\r\n]{0,200}(os\.dup2|subprocess\.(call|Popen))/
        $shell = /New-Object\s{1,4}(System\.)?Net\.Sockets\.TCPClient\(/ nocase
        $stream = /\biex\b|Invoke-Expression|cmd\.exe/ nocase
    condition:
        (kinds contains " script " or kinds contains " lnk " or extension matches
            /^\.(sh|py|pl|rb|bat|cmd|ps1|hta|vbs|js)$/) and ($device or $netcat or $python or ($shell and
            $stream))
}

rule script_pipes_download_to_shell
{
    meta:
        description = "A script runs what it fetches from the network without a look"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1105/"
        technique = "T1105"
    strings:
        $pipe = /\b(curl|wget)\s[^\r\n|;]{0,200}https?:\/\/[^\r\n|;]{1,200}\|\s{0,4}(sudo\s{1,4})?(ba|z|da)?sh\b/
        $part = /(ba|z)?sh\s{1,4}(-c\s{1,4})?["\']?\$\(\s{0,2}(curl|wget)\s[^\r\n)]{0,200}https?:\/\//
    condition:
        (kinds contains " script " or extension matches /^\.(sh|command|py|pl)$/) and any of them
}

rule script_asks_for_mac_password
{
    meta:
        description = "A script shows a dialogue of its own that asks for the password of the Mac"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1056/002/"
        technique = "T1056.002"
    strings:
        $dialogue = /display\s{1,4}dialog[^\r\n]{0,300}(hidden\s{1,4}answer|password)/ nocase
        $tool = "osascript" nocase
        $steal = /(dscl\s{1,4}(\.|\/Local)[^\r\n]{0,40}-?authonly|login\.keychain|security\s{1,4}(unlock|find-generic))/ nocase
    condition:
        (kinds contains " script " or kinds contains " macho " or extension matches
            /^\.(sh|command|scpt|applescript)$/) and $dialogue and ($tool or $steal)
}

rule script_setup_information_runs
{
    meta:
        description = "A setup information file that runs commands or fetches a scriptlet when it is installed"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1218/003/"
        technique = "T1218.003"
    strings:
        $head = "[version]" nocase
        $section = /(UnRegisterOCXs|RegisterOCXs|RunPreSetupCommands|RunPostSetupCommands)(Section)?/ nocase
        $what = /(scrobj|powershell|mshta|cmd\.exe|rundll32)/ nocase
    condition:
        extension == ".inf" and filesize < 1MB and all of them
}

rule script_component_file
{
    meta:
        description = "A script component: text that Windows runs when it is registered"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1218/010/"
        technique = "T1218.010"
    strings:
        $tag = /<(scriptlet|component|package)[\s>]/ nocase
        $registration = /<(registration|public)[\s>]/ nocase
        $script = /<script\s[^>]{0,100}language/ nocase
        $act = /(ActiveXObject|CreateObject)\s{0,4}\(/ nocase
    condition:
        filesize < 4MB and not kinds contains " message " and all of them
}

rule script_in_style_sheet
{
    meta:
        description = "A style sheet that holds script of Microsoft's kind, which runs outside of browsers too"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1220/"
        technique = "T1220"
    strings:
        $block = /<(ms|msxsl|xalan|lxslt|user):script[\s>]/ nocase
        $act = /(ActiveXObject|CreateObject|WScript|System\.Diagnostics|Process\.Start)/ nocase
    condition:
        (kinds contains " xml " or extension matches /^\.xslt?$/) and all of them
}

rule script_postscript_pipe
{
    meta:
        description = "A PostScript file that hands its output to a command, which some viewers run"
        level = "suspicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-16509"
        technique = "T1203"
    strings:
        $pipe = "%pipe%"
    condition:
        (uint32(0) == 0x53502125 or uint32be(0) == 0xC5D0D3C6) and $pipe
}
