// Pictures that were written by programs which hide files in them.

rule picture_written_by_hiding_program
{
    meta:
        description = "A picture from an encoder that programs for hiding files in pictures (F5) use"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1027/003/"
        technique = "T1027.003"
    strings:
        // The remark stands in the first segments; F5 writes it unless it is told another one.
        $remark = /\xff\xfe[\x00-\xff]{2}JPEG Encoder Copyright 1998, James R\. Weeks and BioElectroMech/
    condition:
        kind == "image" and uint16be(0) == 0xFFD8 and $remark in (0..4096)
}
