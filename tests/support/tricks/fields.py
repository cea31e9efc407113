"""The syntax of a header: round the field that leads to the parts, and before all of it."""

from tests.support.tricks.wire import PART, TEXT, TOP, B, delimited, mail

M = "multipart/mixed"

FIELDS = {
    name: f"{TOP}{header}\n{delimited(TEXT, PART)}"
    for name, header in {
        "fold behind the colon": f"Content-Type:\n {M}; boundary={B}\n",
        "two folds": f"Content-Type:\n \n {M}; boundary={B}\n",
        "fold inside": f"Content-Type: {M};\n boundary={B}\n",
        "two folds inside": f"Content-Type: {M};\n \n boundary={B}\n",
        "two folds with a tab": f"Content-Type: {M};\n␉\n␉boundary={B}\n",
        "fold inside the type": f"Content-Type: multipart\n /mixed; boundary={B}\n",
        "fold inside the name": f"Content-Type: {M}; bound\n ary={B}\n",
        "no fold where one should be": f"Content-Type: {M};\nboundary={B}\n",
        "no fold behind the colon": f"Content-Type:\n{M}; boundary={B}\n",
        "blank before the colon": f"Content-Type : {M}; boundary={B}\n",
        "tab before the colon": f"Content-Type␉: {M}; boundary={B}\n",
        "two colons": f"Content-Type:: {M}; boundary={B}\n",
        "no colon": f"Content-Type {M}; boundary={B}\n",
        "equals for the colon": f"Content-Type= {M}; boundary={B}\n",
        "semicolon for the colon": f"Content-Type; {M}; boundary={B}\n",
        "blank before the field": f" Content-Type: {M}; boundary={B}\n",
        "tab before the field": f"␉Content-Type: {M}; boundary={B}\n",
        "carriage return before the field": f"␍Content-Type: {M}; boundary={B}\n",
        "NUL before the field": f"␀Content-Type: {M}; boundary={B}\n",
        "NUL in the name": f"Content␀-Type: {M}; boundary={B}\n",
        "NUL before the colon": f"Content-Type␀: {M}; boundary={B}\n",
        "NUL behind the colon": f"Content-Type:␀{M}; boundary={B}\n",
        "vertical tab behind the colon": f"Content-Type:␋{M}; boundary={B}\n",
        "carriage return behind the colon": f"Content-Type:␍{M}; boundary={B}\n",
        "line feed behind the colon": f"Content-Type:␊{M}; boundary={B}\n",
        "control letter in the name": f"Content\x01-Type: {M}; boundary={B}\n",
        "8-bit letter in the name": f"Content\xad-Type: {M}; boundary={B}\n",
        "underscore": f"Content_Type: {M}; boundary={B}\n",
        "blank for the hyphen": f"Content Type: {M}; boundary={B}\n",
        "no hyphen": f"ContentType: {M}; boundary={B}\n",
        "two hyphens": f"Content--Type: {M}; boundary={B}\n",
        "hidden in a folded field": f"X-Foo: bar\n Content-Type: {M}; boundary={B}\n",
        "hidden behind a carriage return": f"X-Foo: bar␍Content-Type: {M}; boundary={B}\n",
        "hidden behind a line feed": f"X-Foo: bar␊Content-Type: {M}; boundary={B}\n",
        "hidden behind a NUL": f"X-Foo: bar␀Content-Type: {M}; boundary={B}\n",
        "hidden behind a vertical tab": f"X-Foo: bar␋Content-Type: {M}; boundary={B}\n",
        "hidden behind a form feed": f"X-Foo: bar␌Content-Type: {M}; boundary={B}\n",
        "hidden behind a field with a blank": f"X-Foo :bar\n Content-Type: {M}; boundary={B}\n",
        "hidden behind a field with two": f"X-Foo Bar:bar\n Content-Type: {M}; boundary={B}\n",
        "hidden behind junk": f"X-Foo-bar\n Content-Type: {M}; boundary={B}\n",
        "behind a line of junk": f"XXXXXX\nContent-Type: {M}; boundary={B}\n",
        "behind a line of controls": f"\x01\x02\x03\nContent-Type: {M}; boundary={B}\n",
        "behind a line of a blank": f" \nContent-Type: {M}; boundary={B}\n",
        "behind a line of a tab": f"␉\nContent-Type: {M}; boundary={B}\n",
        "behind a colon": f":\nContent-Type: {M}; boundary={B}\n",
        "behind an empty name": f": x\nContent-Type: {M}; boundary={B}\n",
        "behind a 'From ' line": f"From a@b Thu Jan  1 00:00:00 2026\nContent-Type: {M}; boundary={B}\n",
        "behind a '>From ' line": f">From a@b Thu Jan  1 00:00:00 2026\nContent-Type: {M}; boundary={B}\n",
        "behind a field of 2,000 letters": f"X-Foo: {'x' * 2000}\nContent-Type: {M}; boundary={B}\n",
        "behind 2,000 blanks": f"Content-Type: {' ' * 2000}{M}; boundary={B}\n",
        "behind 70,000 blanks": f"Content-Type: {' ' * 70_000}{M}; boundary={B}\n",
        "behind 300 fields": "X-Foo: bar\n" * 300 + f"Content-Type: {M}; boundary={B}\n",
        "behind 300 parameters": f"Content-Type: {M}{'; a=b' * 300}; boundary={B}\n",
        "carriage returns for line ends": f"Content-Type: {M};␍ boundary={B}\n",
        "capitals": f"CONTENT-TYPE: {M}; BOUNDARY={B}\n",
        "in the body": f"\nContent-Type: {M}; boundary={B}\n",
        "in the body behind a word": f"\nBonjour\nContent-Type: {M}; boundary={B}\n",
        "missing": "",
        "missing, another field there": "Content-Disposition: inline\n",
        "an attachment": f"Content-Type: {M}; boundary={B}\nContent-Disposition: attachment; filename=a.txt\n",
        "without MIME-Version": f"Content-Type: {M}; boundary={B}\n",
        "MIME-Version twice": f"MIME-Version: 1.0\nContent-Type: {M}; boundary={B}\n",
        "MIME-Version of 2.0": f"MIME-Version: 2.0\nContent-Type: {M}; boundary={B}\n",
        "MIME-Version with a comment": f"MIME-Version: 1.(x)0\nContent-Type: {M}; boundary={B}\n",
    }.items()
}  # fmt: skip
"""Header syntax round the one field that leads to the parts."""

BEFORE = {
    name: f"{before}{mail(TEXT, PART)}"
    for name, before in {
        "an empty line": "\n",
        "three empty lines": "\n\n\n",
        "a carriage return": "␍",
        "a line feed": "␊",
        "a NUL": "␀",
        "a vertical tab": "␋",
        "a blank line": " \n",
        "a colon": ":\n",
        "a word": "Bonjour\n",
        "a word and an empty line": "Bonjour\n\n",
        "a byte order mark": "\xef\xbb\xbf",
        "an mbox line": "From a@b Thu Jan  1 00:00:00 2026\n",
        "a quoted mbox line": ">From a@b Thu Jan  1 00:00:00 2026\n",
        "HTTP": "HTTP/1.1 200 OK\n",
        "a folded line": " folded: x\n",
        "a form feed": "␌\n",
    }.items()
}
"""What stands before the header of the message."""

TABLES = {"fields": FIELDS, "before": BEFORE}
