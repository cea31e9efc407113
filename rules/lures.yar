// What documents and pages say to make their reader do the work of the attacker.

rule lure_enable_content
{
    meta:
        description = "A document asks its reader to switch on what Office keeps off"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $button_1 = /\b(click|press|choose)[^<]{0,40}(enable (content|editing|macros)|"?enable"?)/ nocase
        $button_2 = "enable editing" nocase
        $button_3 = "enable content" nocase
        $reason = /(protected (document|view|by)|created in (an )?(earlier|newer|older|previous|online)|this document is (protected|encrypted|only available)|compatible with|to view (this|the) (document|content))/ nocase
    condition:
        filesize < 4MB and kinds contains " xml " and 2 of ($button*) and $reason
}

rule lure_activer_le_contenu
{
    meta:
        description = "A document asks in French to switch on what Office keeps off"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $button_1 = "activer le contenu" nocase
        $button_2 = "activer la modification" nocase
        $button_3 = "activer les macros" nocase
        $reason = /(document (est )?prot\xc3\xa9g\xc3\xa9|mode prot\xc3\xa9g\xc3\xa9|version (ant\xc3\xa9rieure|plus r\xc3\xa9cente)|pour (afficher|voir|consulter) (ce|le) (document|contenu))/ nocase
    condition:
        filesize < 4MB and kinds contains " xml " and any of ($button*) and $reason
}

rule lure_inhalt_aktivieren
{
    meta:
        description = "A document asks in German or Spanish to switch on what Office keeps off"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        technique = "T1204.002"
    strings:
        $button_1 = "Inhalt aktivieren" nocase
        $button_2 = "Bearbeitung aktivieren" nocase
        $button_3 = "Habilitar contenido" nocase
        $button_4 = /Habilitar edici\xc3\xb3n/ nocase
        $reason = /(gesch\xc3\xbctzt|\xc3\xa4lteren Version|anzeigen|documento protegido|versi\xc3\xb3n anterior|para ver (este|el))/ nocase
    condition:
        filesize < 4MB and kinds contains " xml " and any of ($button*) and $reason
}

rule lure_paste_and_run
{
    meta:
        description = "A page tells its reader to press Windows and R and to paste something"
        level = "malicious"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
        technique = "T1204.004"
    strings:
        $run = /(Win(dows)?( key| button|-Taste)?(<[^>]{1,40}>|\s|&nbsp;){0,6}(\+|and|et|und)(<[^>]{1,40}>|\s|&nbsp;){0,6}R\b|touche Windows[^<]{0,10}R\b|\xe2\x8a\x9e)/ nocase
        $paste = /(Ctrl|Strg|Control)(<[^>]{1,40}>|\s|&nbsp;){0,6}(\+|and|et|und)(<[^>]{1,40}>|\s|&nbsp;){0,6}V\b/ nocase
        $script = /<script[\s>]/ nocase
        $excuse = /(not a robot|captcha|verif|v\xc3\xa9rifi|robot|Cloudflare|fix (it|this|the)|corriger|human)/ nocase
    condition:
        kinds contains " html " and $run and $paste and $script and $excuse
}

rule lure_false_voice_message
{
    meta:
        description = "A page that is called a voice message, a fax or a scan, and asks for a password"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        technique = "T1566.001"
    strings:
        $password = /type\s{0,4}=\s{0,4}["\']?password/ nocase
    condition:
        kinds contains " html " and $password and name matches
            /(voice|vocal|audio|fax|scan|invoice|facture|rechnung|payment|paiement|remittance|payroll|salaire|shared|document|statement)/i
}

rule lure_false_sign_in
{
    meta:
        description = "A page that looks like the sign-in of a well-known service, and is a file"
        level = "suspicious"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        technique = "T1566.001"
    strings:
        $password = /type\s{0,4}=\s{0,4}["\']?password/ nocase
        $service = /(aadcdn\.ms(ft)?auth|logincdn\.ms(ft)?auth|Microsoft (account|Corporation)|Sign in to your account|Connectez-vous \xc3\xa0 votre compte|outlook web app|accounts\.google|adobe ?id|docusign|wetransfer|ameli|sharepoint)/ nocase
        $send = /(fetch\s{0,4}\(|\$\.(ajax|post)|XMLHttpRequest|<form\s[^>]{0,300}action\s{0,4}=\s{0,4}["\']?https?:|axios)/ nocase
    condition:
        kinds contains " html " and all of them
}

rule lure_ransom_note
{
    meta:
        description = "A text that says files were encrypted, and where to pay"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1486/"
        technique = "T1486"
    strings:
        $encrypted = /(your|all)[^.\r\n]{0,40}files[^.\r\n]{0,60}(have been|are|were)[^.\r\n]{0,20}(encrypted|locked)/ nocase ascii wide
        $pay_1 = /[a-z2-7]{16,56}\.onion/ nocase ascii wide
        $pay_2 = /\b(bitcoin|monero|BTC|XMR)\b/ nocase ascii wide
        $pay_3 = /(tox ?id|decryptor|decryption key|decrypt (one|1|2|two) file)/ nocase ascii wide
    condition:
        filesize < 256KB and (kind == "text" or kinds contains " html " or kinds contains " pe ") and
            $encrypted and 2 of ($pay*)
}

rule lure_extortion
{
    meta:
        description = "A letter that claims to have filmed its reader, and asks for coins"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1657/"
        technique = "T1657"
    strings:
        $film = /(webcam|recorded you|video of you|cam\xc3\xa9ra|film\xc3\xa9|masturbat|pornogra)/ nocase
        $coin = /\b(bitcoin|BTC|litecoin|ethereum)\b/ nocase
        $wallet_1 = /\bbc1q[a-z0-9]{20,60}/
        $wallet_2 = /(wallet|address|adresse|portefeuille)[^A-Za-z0-9]{1,20}[13][A-HJ-NP-Za-km-z1-9]{26,34}/ nocase
    condition:
        filesize < 256KB and (kind == "text" or kinds contains " html ") and $film and $coin and any of
            ($wallet*)
}

rule lure_code_to_scan
{
    meta:
        description = "A letter asks to scan a code with a telephone because of an account or of pay"
        level = "note"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        technique = "T1566.002"
    strings:
        $scan = /(scan(ner|nez)?|flash(er|ez)|numériser)[^.<]{0,60}(QR|code)/ nocase
        $account = /(multi-?factor|two-?factor|2FA|MFA|authenticator|mot de passe|password (expir|reset)|payroll|salary|fiche de paie|bulletin de salaire)/ nocase
    condition:
        (kind == "text" or kinds contains " html " or kinds contains " xml ") and filesize < 1MB and all
            of them
}

rule lure_calendar_share
{
    meta:
        description = "A calendar that takes a file from a share, which tells it a proof of the password"
        level = "suspicious"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2023-35636"
        technique = "T1187"
    strings:
        $calendar = "BEGIN:VCALENDAR"
        $attached = /\n(ATTACH|IMAGE|URL)[^:\r\n]{0,200}:(file:\/{2,5}|\\\\)[\w-]{1,60}\.[^\r\n]/
        $sharing = /\nx-sharing-(config-url|remote-path):\s{0,8}(file:\/{2,5}|\\\\)/ nocase
    condition:
        $calendar and $attached or (kinds contains " message " and $sharing)
}
