// Strings that everybody agreed to treat as an infection, so that a filter can be tried.

rule test_eicar
{
    meta:
        description = "The EICAR anti-malware test file: harmless, and sent to see whether mail is scanned"
        level = "malicious"
        reference = "https://www.eicar.org/download-anti-malware-testfile/"
        technique = ""
    strings:
        // The definition: at the start of the file, with at most white space after it.
        $eicar = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!\$H\+H\*/
    condition:
        $eicar at 0 and filesize <= 128
}
