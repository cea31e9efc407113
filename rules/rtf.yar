// Rich Text Format, as far as it can be read without undoing its groups.

rule rtf_remote_template
{
    meta:
        description = "The document loads its template from another machine"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1221/"
        technique = "T1221"
    strings:
        $template = /\\\*\\template\s{0,20}(\{\s{0,8})?(https?:|ftp:|\\\\\\\\|\\u-?\d{2,5})/ nocase
    condition:
        kinds contains " rtf " and $template
}

rule rtf_equation
{
    meta:
        description = "An equation object, updated at opening: how the old equation editor is attacked"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-0802"
        technique = "T1203"
    strings:
        $update = "\\objupdate"
        $class = /\\objclass\s{1,8}Equation\.[23]/ nocase
        // "Equation." and the number in hexadecimal, and the class identifier of the editor.
        $hex = /4571756174696f6e2e3[23]/ nocase
        $identifier = "02ce020000000000c000000000000046" nocase
    condition:
        kinds contains " rtf " and $update and ($class or $hex or $identifier)
}

rule rtf_packaged_file
{
    meta:
        description = "A file of any kind is packed into the text, to be started by a click"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        technique = "T1027.009"
    strings:
        $class = /\\objclass\s{1,8}Package\b/ nocase
        $hex = /5061636b61676500/ nocase
        $plain = "Package\x00"
    condition:
        kinds contains " rtf " and any of them
}
