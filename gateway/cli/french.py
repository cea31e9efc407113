"""What the commands say, in French, by what they say in English."""

FRENCH = {
    # Words that many share.
    "the system": "le système",
    "unknown": "inconnu",
    "Password": "Mot de passe",
    "{error}: try again, or raise workers.queue": (
        "{error} : réessayez, ou augmentez workers.queue"
    ),
    "{error} (see: lazaretto quarantine keys create --help)": (
        "{error} (voir : lazaretto quarantine keys create --help)"
    ),
    "{question} There is nobody to ask: give --yes": (
        "{question} Il n'y a personne à qui le demander : donnez --yes"
    ),
    "say why: whoever asks later has nothing else to go by": (
        "dites pourquoi : qui le demandera plus tard n'aura rien d'autre"
    ),
    # list
    "id": "id",
    "held (UTC)": "reçu (UTC)",
    "class": "classe",
    "from": "de",
    "subject": "objet",
    "why": "pourquoi",
    "Nothing is held.": "Rien n'est retenu.",
    "{word!r} is none of {known}": "{word!r} n'est pas parmi {known}",
    "There may be more: --after {item}": "Il peut y en avoir d'autres : --after {item}",
    '{option} {text!r}: expected a time such as "4 h" or "2 d"': (
        '{option} {text!r} : une durée est attendue, comme "4 h" ou "2 d"'
    ),
    # show
    "Item": "Message",
    "Held": "Retenu",
    "Class": "Classe",
    "State": "État",
    "Client": "Client",
    "From": "De",
    "To": "À",
    "Subject": "Objet",
    "SHA-256": "SHA-256",
    "Judged by": "Jugé par",
    "What to do:": "Que faire :",
    "not seen: {reason}": "non vu : {reason}",
    "files with nothing to remark: {count}": "fichiers sans rien à signaler : {count}",
    "; and {count} more": " ; et {count} autres",
    "It is honest": "Il est honnête",
    "It is not": "Il ne l'est pas",
    "Look closer": "Voir de près",
    "Other mail": "Autres mails",
    "withheld": "fichiers retenus",
    "its recipients have all but the withheld files": (
        "ses destinataires ont tout, sauf les fichiers retenus"
    ),
    "nobody knows whether its recipients have all but the withheld files": (
        "on ne sait pas si ses destinataires ont le reste, sans les fichiers retenus"
    ),
    "under legal hold": "sous conservation légale",
    "approved by {person}: a second person may release it": (
        "approuvé par {person} : une seconde personne peut le libérer"
    ),
    "{person} has it since {at:%Y-%m-%d %H:%M}: {reply}": (
        "{person} l'a depuis le {at:%Y-%m-%d %H:%M} : {reply}"
    ),
    "{at:%Y-%m-%d %H:%M} {action} by ": "{at:%Y-%m-%d %H:%M} {action} par ",
    "a hostile message could steer your terminal: send --raw to a pipe, or use --text": (
        "un message hostile pourrait piloter votre terminal : "
        "envoyez --raw dans un tube, ou prenez --text"
    ),
    # release, approve, settle
    "Approved {item}: a second person has to release it as well.": (
        "{item} est approuvé : une seconde personne doit aussi le libérer."
    ),
    "Approved {item}: a second person may release it now.": (
        "{item} est approuvé : une seconde personne peut maintenant le libérer."
    ),
    "{item} is {state} now.": "{item} est maintenant dans l'état {state}.",
    "item {item}: the next hop took all the bytes and then fell silent. "
    "Look whether the message arrived; the item stays in state 'releasing'": (
        "message {item} : le serveur suivant a pris tous les octets, puis s'est tu. "
        "Vérifiez si le message est arrivé ; il reste dans l'état 'releasing'"
    ),
    "the next hop said: {reply}; item {item} stays held": (
        "le serveur suivant a répondu : {reply} ; le message {item} reste retenu"
    ),
    "Released {item}: the next hop said {reply}": (
        "{item} est libéré : le serveur suivant a répondu {reply}"
    ),
    "Still held for {people}.": "Toujours retenu pour {people}.",
    "not to {person}: the next hop said: {reply}": (
        "pas à {person} : le serveur suivant a répondu : {reply}"
    ),
    "item {item} was {was}, and the newest rules call it {now} ({reasons}): "
    "look at it again, or --force": (
        "le message {item} était {was}, et les règles actuelles le disent {now} ({reasons}) : "
        "regardez-le de nouveau, ou --force"
    ),
    "item {item} is {now} ({reasons}) with this password: it stays held": (
        "le message {item} est {now} ({reasons}) avec ce mot de passe : il reste retenu"
    ),
    # delete, legal-hold, purge
    "Delete {item} for good?": "Supprimer {item} définitivement ?",
    "Deleted {item}.": "{item} est supprimé.",
    "{item} is under legal hold.": "{item} est sous conservation légale.",
    "{item} is no longer under legal hold.": "{item} n'est plus sous conservation légale.",
    "Shred everything that is older than its retention?": (
        "Détruire tout ce qui dépasse sa durée de conservation ?"
    ),
    "Purged {count} items.": "{count} messages ont été purgés.",
    "Remove {count} files that belong to no item, for good? A newer index may know them.": (
        "Supprimer définitivement {count} fichiers qui n'appartiennent à aucun message ? "
        "Un index plus récent les connaît peut-être."
    ),
    "Removed {count} files that belonged to no item.": (
        "{count} fichiers qui n'appartenaient à aucun message ont été supprimés."
    ),
    # reindex
    "Reading items": "Lecture des messages",
    "{count} items are found by their words from now on.": (
        "{count} messages se trouvent désormais par leurs mots."
    ),
    # what the gateway does for others
    "no gateway answers at {place}: {why}. Does it run?": (
        "aucune passerelle ne répond sur {place} : {why}. Fonctionne-t-elle ?"
    ),
    "the gateway takes words in UTF-8 only": "la passerelle ne prend que des mots en UTF-8",
    "that is too long: {most} bytes are the most": "c'est trop long : {most} octets au plus",
    "the gateway went away in the middle of it": "la passerelle s'est arrêtée en chemin",
    "that file would be the gateway's: give - for FILE, and send it to one of yours": (
        "ce fichier serait celui de la passerelle : donnez - pour FILE, et envoyez-le dans un des "
        "vôtres"
    ),
    # export
    "Wrote {count} bytes of {item} to {file}.": "{count} octets de {item} sont écrits dans {file}.",
    "Its password is: {password}": "Son mot de passe : {password}",
    "{file} exists already: give the name of a new file": (
        "{file} existe déjà : donnez le nom d'un nouveau fichier"
    ),
    "{file}: that place lets others read it: name another": (
        "{file} : d'autres pourraient le lire à cet endroit : donnez-en un autre"
    ),
    "{folder}: there is no such folder": "{folder} : ce dossier n'existe pas",
    "{file}: a terminal or a device would act on a hostile message": (
        "{file} : un terminal ou un périphérique obéirait à un message hostile"
    ),
    "{folder}: everybody may write there: name a folder of your own": (
        "{folder} : tout le monde peut y écrire : donnez un dossier à vous"
    ),
    # allow, disallow, allowances
    "Allow {rule} in {kind} from {sender} until {end}?": (
        "Autoriser {rule} dans {kind} de {sender} jusqu'au {end} ?"
    ),
    "Allowed as no. {number}: {rule} in {kind} from {sender} until {end}.": (
        "Autorisé, n° {number} : {rule} dans {kind} de {sender} jusqu'au {end}."
    ),
    "Nothing is allowed.": "Rien n'est autorisé.",
    "No. {number} has ended.": "Le n° {number} a pris fin.",
    "nothing was": "rien ne l'a été",
    "{rule}: what could not be seen is never allowed; release the message": (
        "{rule} : ce qui n'a pas pu être vu n'est jamais autorisé ; libérez le message"
    ),
    "{rule} was not found in this item: {found}": (
        "{rule} n'a pas été trouvé dans ce message : {found}"
    ),
    "nobody authenticates senders: name the server that does in actions.authority": (
        "personne n'authentifie les expéditeurs : nommez le serveur qui le fait "
        "dans actions.authority"
    ),
    "{authority} has not authenticated this sender: a name alone gets no exception": (
        "{authority} n'a pas authentifié cet expéditeur : un nom seul n'a pas d'exception"
    ),
    '--for {time!r}: expected a time such as "90d"': (
        '--for {time!r} : une durée est attendue, comme "90d"'
    ),
    "--for: an exception lasts a year at most; then somebody looks again": (
        "--for : une exception dure un an au plus ; puis quelqu'un regarde de nouveau"
    ),
    # review
    "the screen needs more packages: install requirements-tui.txt, or lazaretto[tui]": (
        "l'écran demande d'autres paquets : installez requirements-tui.txt, ou lazaretto[tui]"
    ),
    "review needs a terminal; for a program there is lazaretto quarantine list --json": (
        "review demande un terminal ; pour un programme : lazaretto quarantine list --json"
    ),
    "Open": "Ouvrir",
    "Search": "Filtre",
    "Unseen": "Neufs",
    "Reload": "Relire",
    "Quit": "Fin",
    "Release": "Libérer",
    "Delete": "Effacer",
    "Export": "Copie",
    "More": "Plus",
    "Findings": "Constats",
    "Text": "Texte",
    "History": "Suivi",
    "Back": "Retour",
    "all": "tout",
    "unseen": "neufs",
    "{count} held   shown: {what}": "{count} retenus   affichés : {what}",
    "a word of subject, address, file, rule; or a SHA-256": (
        "un mot de l'objet, une adresse, un fichier, une règle ; ou un SHA-256"
    ),
    "Opening it in a worker ...": "Ouverture dans un processus confiné ...",
    "History (UTC)": "Suivi (UTC)",
    "Done": "Fait",
    "Not done": "Pas fait",
    "Done in part": "Fait en partie",
    "Enter: do it    Tab: next line    Esc: leave it": (
        "Entrée : valider    Tab : ligne suivante    Échap : renoncer"
    ),
    "Enter: go on": "Entrée : continuer",
    "Enter or its letter: choose    Esc: leave it": (
        "Entrée ou sa lettre : choisir    Échap : renoncer"
    ),
    "Release it": "Le libérer",
    "Release it with the password of its locked file": (
        "Le libérer avec le mot de passe de son fichier verrouillé"
    ),
    "Release it without looking at it again": "Le libérer sans nouvel examen",
    "Approve its release, for a second person": "Approuver sa libération, pour une autre personne",
    "Its release was cut off, and it has arrived": (
        "Sa libération a été interrompue, et il est arrivé"
    ),
    "Its release was cut off, and it has not arrived": (
        "Sa libération a été interrompue, et il n'est pas arrivé"
    ),
    "Put it under legal hold, or end that": "Le mettre sous conservation légale, ou y mettre fin",
    "Allow what was found in it, from now on": "Admettre désormais ce qui y a été trouvé",
    "Export it into a locked file": "Le copier dans un fichier verrouillé",
    "Delete it for good": "L'effacer définitivement",
    "Release {item} without looking at it again": "Libérer {item} sans nouvel examen",
    "The newest rules are not asked: you answer for what is in it.": (
        "Les règles actuelles ne sont pas consultées : vous répondez de son contenu."
    ),
    "Release {item} if its locked file is clean": (
        "Libérer {item} si son fichier verrouillé est sain"
    ),
    "The password of its locked file": "Le mot de passe de son fichier verrouillé",
    "Approve a release of {item}": "Approuver la libération de {item}",
    "Somebody else releases it, to just these addresses.": (
        "Une autre personne le libère, à ces seules adresses."
    ),
    "{item} has arrived": "{item} est arrivé",
    "{item} has not arrived": "{item} n'est pas arrivé",
    "Look into the mail server first: only it knows.": (
        "Regardez d'abord dans le serveur de messagerie : lui seul le sait."
    ),
    "Legal hold for {item}": "Conservation légale de {item}",
    "End the legal hold of {item}": "Fin de la conservation légale de {item}",
    "Handing it over ...": "Remise ...",
    "Recording it ...": "Enregistrement ...",
    "it ended with code {code}": "terminé avec le code {code}",
    "the gateway is of another version: {error}": (
        "la passerelle est d'une autre version : {error}"
    ),
    "{question}: an answer is needed": "{question} : il faut une réponse",
    "Release {item}": "Libérer {item}",
    "Delete {item} for good": "Effacer {item} définitivement",
    "Export {item}": "Copier {item}",
    "Allow what was found in {item}": "Admettre ce qui a été trouvé dans {item}",
    "Why? It is kept with the item for ever": "Pourquoi ? La raison reste avec le message",
    "Only to these addresses (empty: to all)": "Seulement à ces adresses (vide : à tous)",
    "Into which new file? A zip with the password infected": (
        "Dans quel nouveau fichier ? Un zip, mot de passe infected"
    ),
    "Which rule?": "Quelle règle ?",
    "For how long? A year at most": "Pour combien de temps ? Un an au plus",
    "Its key is destroyed: nobody can ever read it again.": (
        "Sa clé est détruite : personne ne pourra plus jamais le lire."
    ),
    "Only this rule, in this kind of file, from this sender, if authenticated.": (
        "Seulement cette règle, ce type de fichier, cet expéditeur s'il est authentifié."
    ),
    "Rules: {rules}": "Règles : {rules}",
    "Looking at it with the newest rules, then handing it over ...": (
        "Nouvel examen avec les règles actuelles, puis remise ..."
    ),
    "Deleting it ...": "Suppression ...",
    "Writing it ...": "Écriture ...",
    "Allowing it ...": "Autorisation ...",
    "{kind} mail needs two persons: you approve it, and somebody else releases it.": (
        "Ce courrier ({kind}) demande deux personnes : vous approuvez, une autre libère."
    ),
    "You have approved it already: somebody else has to release it.": (
        "Vous l'avez déjà approuvé : une autre personne doit le libérer."
    ),
    "{person} has approved it: you are the second person, and it leaves.": (
        "{person} l'a approuvé : vous êtes la seconde personne, et il part."
    ),
}
"""A key is never built: a test finds each of them in the code, and each of the code's here."""
