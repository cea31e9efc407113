// Rich Text Format, as far as it can be read without undoing its groups.

rule rtf_equation
{
    meta:
        description = "An equation object, updated at opening: how the old equation editor is attacked"
        level = "malicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-0802"
        technique = "T1203"
        echoes = "office.equation rtf.update"
    strings:
        $update = "\\objupdate"
        $class = /\\objclass\s{1,8}Equation\.[23]/ nocase
        // "Equation." and the number in hexadecimal, and the class identifier of the editor.
        $hex = /4571756174696f6e2e3[23]/ nocase
        $identifier = "02ce020000000000c000000000000046" nocase
    condition:
        kinds contains " rtf " and $update and ($class or $hex or $identifier)
}
