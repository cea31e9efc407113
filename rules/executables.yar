// Programs in places where no program belongs.

rule program_in_base64
{
    meta:
        description = "A Windows program written as text inside a page, a document or a laboratory message"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
        echoes = "message.disguised disguise.program html.smuggling html.download web_smuggled_archive_or_program"
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
        echoes = "dicom.preamble"
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
        echoes = "onenote.runs"
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
        echoes = "cda.disguised message.disguised disguise.program"
    strings:
        $shell = "WScript." base64
        $upper = "<HTA:APPLICATION" base64
        $lower = "<hta:application" base64
    condition:
        // A resource of FHIR is JSON: text that begins with a brace.
        (kinds contains " xml " or kinds contains " hl7 " or (kind == "text" and uint8(0) == 0x7B))
        and any of them
}

rule program_writes_into_others
{
    meta:
        description = "A program that writes code into another program and has it run there"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1055/002/"
        technique = "T1055.002"
    strings:
        $open = "VirtualAllocEx" ascii wide
        $write = "WriteProcessMemory" ascii wide
        $start = /\b(CreateRemoteThread(Ex)?|RtlCreateUserThread|NtCreateThreadEx|QueueUserAPC)\b/ ascii wide
    condition:
        kinds contains " pe " and all of them
}

rule program_hollows_others
{
    meta:
        description = "A program that starts another one and replaces what is in it"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1055/012/"
        technique = "T1055.012"
    strings:
        $unmap = /(Nt|Zw)UnmapViewOfSection/ ascii wide
        $context = /(Set|Wow64Set|NtSet)(Thread)?Context(Thread)?/ ascii wide
        $resume = /(ResumeThread|NtResumeThread)/ ascii wide
    condition:
        kinds contains " pe " and all of them
}

rule program_listens_to_keys
{
    meta:
        description = "A program that hears every key, wherever it is pressed"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1056/001/"
        technique = "T1056.001"
    strings:
        $hook = /SetWindowsHookEx[AW]?/
        $key = /GetAsyncKeyState|GetKeyboardState|RegisterRawInputDevices/
        $window = /GetForegroundWindow|GetWindowText[AW]?/
    condition:
        kinds contains " pe " and all of them
}

rule program_takes_passwords
{
    meta:
        description = "A program that reads the passwords which browsers keep"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1555/003/"
        technique = "T1555.003"
    strings:
        $chrome = /\\(Google\\Chrome|Microsoft\\Edge|BraveSoftware)[^\x00]{0,40}\\User Data/ ascii wide nocase
        $login = /(Login Data|Web Data|Local State)/ ascii wide
        $firefox = /(logins\.json|key[34]\.db)/ ascii wide
        $sql = /(SELECT[^\x00]{1,80}FROM logins|CryptUnprotectData|PK11SDR_Decrypt)/ ascii wide nocase
    condition:
        (kinds contains " pe " or kinds contains " script ") and $chrome and $login and ($firefox or
            $sql)
}

rule program_reads_credentials
{
    meta:
        description = "A program that takes the passwords of Windows out of its memory"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1003/001/"
        technique = "T1003.001"
    strings:
        $words_1 = "sekurlsa::" nocase ascii wide
        $words_2 = "logonpasswords" nocase ascii wide
        $words_3 = "lsadump::" nocase ascii wide
        $words_4 = "kerberos::golden" nocase ascii wide
        $words_5 = "gentilkiwi" nocase ascii wide
    condition:
        (kinds contains " pe " or kinds contains " script " or extension matches /^\.(ps1|bat|cmd)$/)
            and 2 of them
}

rule program_remote_beacon
{
    meta:
        description = "A program with the loader and the messages of a well-known attack tool"
        level = "malicious"
        reference = "https://attack.mitre.org/software/S0154/"
        technique = "T1071.001"
    strings:
        $loader = "ReflectiveLoader"
        $who = "%s as %s\\%s: %d"
        $pipe = /\\\\\.\\pipe\\(msagent_|MSSE-|postex_|status_)/ ascii wide
        $beacon = /beacon(\.x64)?\.dll/
        $meter = /(metsrv|ext_server_\w{3,12})(\.x64)?\.dll/
    condition:
        kinds contains " pe " and ($who or ($loader and ($pipe or $beacon or $meter)))
}

rule program_shellcode
{
    meta:
        description = "Machine code that finds its way in Windows by itself, without being a program"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1620/"
        technique = "T1620"
    strings:
        $x86 = { FC E8 (82 | 89 | 8F) 00 00 00 60 (89 E5 | 8B EC) 31 (C0 | D2) 64 8B (50 | 52) 30 }
        $x64 = { FC 48 83 E4 F0 E8 (C0 | C8 | CC) 00 00 00 41 51 41 50 52 }
    condition:
        any of them
}

rule program_packed
{
    meta:
        description = "A program packed so that only its unpacker can be read"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/002/"
        technique = "T1027.002"
        echoes = "program.attached"
    strings:
        $upx_1 = { 55 50 58 30 00 00 00 00 }
        $upx_2 = { 55 50 58 31 00 00 00 00 }
        $aspack = { 2E 61 73 70 61 63 6B 00 }
        $mpress = { 2E 4D 50 52 45 53 53 31 }
        $themida = { 2E 74 68 65 6D 69 64 61 }
        $vmp = { 2E 76 6D 70 30 00 00 00 }
        $enigma = { 2E 65 6E 69 67 6D 61 31 }
    condition:
        kinds contains " pe " and (($upx_1 in (0..2048) and $upx_2 in (0..2048)) or $aspack in (0..2048)
            or $mpress in (0..2048) or $themida in (0..2048) or $vmp in (0..2048) or $enigma in (0..2048))
}

rule program_of_autoit
{
    meta:
        description = "A program made of a script by AutoIt, a favourite of those who send malware"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1059/010/"
        technique = "T1059.010"
    strings:
        $mark = "AU3!EA0"
        $name = "AutoIt v3" nocase ascii wide
        $compiled = "This is a third-party compiled AutoIt script." ascii wide
    condition:
        (kinds contains " pe " or extension matches /^\.(a3x|au3)$/) and ($mark or ($name and
            $compiled))
}

rule program_sets_itself_up
{
    meta:
        description = "An archive that unpacks itself and starts what is in it without a question"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $sevenzip = ";!@Install@!UTF-8!"
        $run = /(RunProgram|ExecuteFile|AutoInstall)\s{0,4}=/
        $rar = /\nSetup=[^\r\n]{1,200}\r?\n/
        $silent = /\n(Silent=[12]|Overwrite=1|TempMode)/
    condition:
        kinds contains " pe " and (($sevenzip and $run) or ($rar and $silent))
}

rule program_scrambled_dotnet
{
    meta:
        description = "A .NET program whose parts were renamed to hide what it does"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/002/"
        technique = "T1027.002"
    strings:
        $fuser = "ConfusedByAttribute"
        $fuser_2 = "ConfuserEx v"
        $smart = "PoweredByAttribute"
        $smart_2 = "SmartAssembly.Attributes"
        $reactor = /__ENCRYPTED__|\.NET Reactor/
        $net = "mscoree.dll" nocase
    condition:
        kinds contains " pe " and $net and any of ($fuser*, $smart*, $reactor)
}

rule program_looks_for_watchers
{
    meta:
        description = "A program that asks whether it runs in a laboratory"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1497/001/"
        technique = "T1497.001"
    strings:
        $vm_1 = /\b(VBoxGuest|VBoxService|vboxtray)/ nocase ascii wide
        $vm_2 = /\b(vmtoolsd|vmwaretray|VMwareVMware)/ nocase ascii wide
        $vm_3 = /\b(SbieDll|cuckoomon|wine_get_unix_file_name)/ nocase ascii wide
        $tool_1 = /\b(wireshark|procmon|procexp)(64)?\.exe/ nocase ascii wide
        $tool_2 = /\b(ollydbg|x64dbg|x32dbg|idaq)(64)?\.exe/ nocase ascii wide
    condition:
        kinds contains " pe " and 3 of them
}

rule program_excel_addin
{
    meta:
        description = "An Excel add-in that is a program: Excel runs it when it is opened"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1137/006/"
        technique = "T1137.006"
    strings:
        $open = "xlAutoOpen"
    condition:
        kinds contains " pe " and ($open or extension == ".xll")
}

rule program_screen_saver
{
    meta:
        description = "A program that is called a screen saver, a control panel or a short cut of DOS"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1218/002/"
        technique = "T1218.002"
        echoes = "disguise.program disguise.polyglot"
    strings:
        $mz = { 4D 5A }
    condition:
        kinds contains " pe " and $mz at 0 and extension matches /^\.(scr|cpl|pif|com|hta|jpg|pdf|doc)$/
}

rule program_java_starts_others
{
    meta:
        description = "A Java class that fetches something and starts it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1059/"
        technique = "T1059"
    strings:
        $exec = /java\/lang\/(Runtime|ProcessBuilder)/
        $start = /\b(exec|start)\b/
        $fetch = /java\/net\/(URL|HttpURLConnection|Socket)/
        $write = /java\/(io\/FileOutputStream|nio\/file\/Files)/
    condition:
        kinds contains " java-class " and all of them
}

rule program_mines_coins
{
    meta:
        description = "A program that mines coins"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1496/001/"
        technique = "T1496.001"
    strings:
        $pool = /stratum\+(tcp|ssl|udp):\/\// ascii wide
        $name = /\b(xmrig|cpuminer|cryptonight|randomx|ethminer)\b/ nocase ascii wide
    condition:
        (kinds contains " pe " or kinds contains " elf " or kinds contains " macho " or kinds contains
            " script ") and all of them
}

rule program_of_a_botnet
{
    meta:
        description = "A program for small devices that looks for others to take over"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1110/001/"
        technique = "T1110.001"
    strings:
        $box = /\/bin\/busybox\s{1,4}[A-Z]{4,12}/
        $watchdog = "/dev/misc/watchdog"
        $words = /(xc3511|vizxv|7ujMko0|hi3518|anko|zlxx\.)/
        $telnet = /(applet not found|enable\x00system\x00shell\x00sh)/
    condition:
        kinds contains " elf " and 2 of them
}

rule program_package_runs_script
{
    meta:
        description = "An installation package that runs a script or PowerShell while it installs"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1218/007/"
        technique = "T1218.007"
    strings:
        $action = /(CustomAction|InstallExecuteSequence)/ ascii wide
        $script = /(powershell(\.exe)?\s{1,4}-|mshta\s|CreateObject\(|ActiveXObject\(|cmd(\.exe)?\s{1,4}\/c)/ nocase ascii wide
    condition:
        (kinds contains " msi " or name contains "_StringData") and all of them
}

rule program_loader_of_shellcode
{
    meta:
        description = "Bare machine code that unpacks a program in memory, as the donut loader writes it"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1620/"
        technique = "T1620"
    condition:
        // A call over a block of data, and the length of that block as its first word.
        kind == "data" and filesize > 1KB
        and uint8(0) == 0xE8 and uint32(1) == uint32(5)
        and uint32(1) > 512 and uint32(1) < filesize
}
