// Strings that everybody agreed to treat as an infection, so that a filter can be tried.

rule test_eicar
{
    meta:
        description = "The EICAR anti-malware test file: harmless, and sent to see whether mail is scanned"
        level = "malicious"
        reference = "https://www.eicar.org/download-anti-malware-testfile/"
        technique = ""
    strings:
        // Defined to stand at the very start, and a page that quotes the string is not meant.
        // A few bytes more are allowed behind it, since mail is decoded in many ways.
        $eicar = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!\$H\+H\*/
    condition:
        $eicar at 0 and filesize <= 256
}
