//! What pages say that stand in place of the page asked for; phrases parted by bars, of each row one is enough.

use crate::reading::PageState;

/// A state, how much one of the phrases (folded) speaks for it, and the phrases.
pub(super) type Phrases = (PageState, f64, &'static str);

/// Phrases of titles and first headings.
pub(super) const TITLES: &[Phrases] = &[
    (
        PageState::Blocked,
        0.5,
        concat!(
            "just a moment|attention required|access denied|403 forbidden|forbidden|are you a robot|",
            "are you human|human verification|security check|request blocked|ddos protection|",
            "checking your browser|you have been blocked|please wait|bot verification|pardon our interruption|",
            "429 too many requests|too many requests|verifying you are human|one moment, please",
        ),
    ),
    (
        PageState::SoftNotFound,
        0.5,
        concat!(
            "404|not found|page not found|nothing found|can't be found|cannot be found|could not be found|",
            "couldn't be found|doesn't exist|does not exist|no longer available|no longer exists|",
            "page unavailable|seite nicht gefunden|nicht gefunden|page introuvable|introuvable|non trouvée|",
            "página no encontrada|no encontrada|página não encontrada|pagina non trovata|pagina niet gevonden|",
            "oops",
        ),
    ),
    (
        PageState::LoginWall,
        0.4,
        concat!(
            "log in|login|sign in|members only|anmelden|connexion|iniciar sesión|restricted area|member login|",
            "password protected|protected:",
        ),
    ),
    (
        PageState::ConsentWall,
        0.4,
        concat!(
            "before you continue|your privacy|we value your privacy|cookie consent|consent|bevor sie fortfahren|",
            "avant de continuer",
        ),
    ),
    (
        PageState::Parked,
        0.4,
        concat!(
            "domain for sale|is for sale|parked|domain name|buy this domain|expired domain|domain expired|",
            "account suspended",
        ),
    ),
    (
        PageState::Placeholder,
        0.3,
        "coming soon|under construction|lorem ipsum|hello world",
    ),
];

/// Phrases of the text.
pub(super) const TEXTS: &[Phrases] = &[
    (
        PageState::Blocked,
        0.35,
        concat!(
            "checking your browser|checking if the site connection is secure|",
            "enable javascript and cookies to continue|verify you are human|verifying you are human|",
            "unusual traffic|ray id|performance & security by|complete the captcha|not a robot|",
            "needs to review the security of your connection|automated access|incident id|you have been blocked|",
            "reference #|your ip address has been|access to this page has been denied|why have i been blocked",
        ),
    ),
    (
        PageState::Blocked,
        0.3,
        concat!(
            "you don't have permission|you do not have permission|request unsuccessful|ddos|too many requests|",
            "bot detection|this website is using a security service|security solution|captcha",
        ),
    ),
    (
        PageState::SoftNotFound,
        0.35,
        concat!(
            "page you are looking for|page you're looking for|page you were looking for|page you requested|",
            "page you have requested|page that you requested|the requested url|this page could not be found|",
            "this page doesn't exist|page cannot be found|page can't be found|might have been removed|",
            "may have been moved|may have been removed|has been moved or deleted|it looks like nothing was found|",
            "the link you followed may be broken|no longer exists|page has moved|die angeforderte seite|",
            "page demandée|página solicitada|la page que vous",
        ),
    ),
    (
        PageState::SoftNotFound,
        0.2,
        concat!(
            "try searching|use the search|go to the homepage|back to home|return to the homepage|return home|",
            "go back home|go home|check the url|zur startseite|error 404|404",
        ),
    ),
    (
        PageState::LoginWall,
        0.3,
        concat!(
            "forgot your password|forgot password|lost your password|please log in to|please sign in to|",
            "you must be logged in|log in to continue|sign in to continue|members only|remember me|",
            "to view this content|this content is password protected|passwort vergessen|mot de passe oublié|",
            "create an account",
        ),
    ),
    (
        PageState::ConsentWall,
        0.35,
        concat!(
            "we and our partners store|we use cookies and|cookies and data to|process personal data|",
            "legitimate interest|manage your choices|consent to the use|before you continue to|your consent",
        ),
    ),
    (
        PageState::ConsentWall,
        0.25,
        concat!(
            "accept all|reject all|manage options|manage preferences|agree and continue|i agree|more options|",
            "alle akzeptieren|tout accepter|aceptar todo",
        ),
    ),
    (
        PageState::Parked,
        0.4,
        concat!(
            "this domain is for sale|domain is for sale|domain may be for sale|buy this domain|this domain name|",
            "domain has expired|domain is parked|parked free|courtesy of|inquire about this domain|",
            "make an offer on this domain|the domain has been registered|this web page is parked",
        ),
    ),
    (
        PageState::Parked,
        0.3,
        concat!(
            "related searches|sponsored listings|domain registrar|domain broker|get this domain|",
            "renew your domain|web hosting|registered at|whois|make an offer|future home of|",
            "account has been suspended|domain owner",
        ),
    ),
    (PageState::Placeholder, 0.5, "lorem ipsum|dolor sit amet"),
    (
        PageState::Placeholder,
        0.4,
        concat!(
            "coming soon|check back soon|under construction|to be announced|will be announced|content goes here|",
            "your text here|sample text|this is a placeholder|logo pending|sponsor pending",
        ),
    ),
    (
        PageState::Placeholder,
        0.5,
        concat!(
            "seeking partner|seeking sponsor|looking for sponsor|looking for partner|seeking partnership|",
            "searching for sponsor|no partners yet|no sponsors yet|become our first|be our first sponsor|",
            "could be here|your logo here|no members found|no results found",
        ),
    ),
    (
        PageState::ScriptShell,
        0.4,
        concat!(
            "enable javascript|javascript is disabled|javascript enabled|requires javascript|turn on javascript|",
            "javascript is required|without javascript|javascript to run this app|aktivieren sie javascript",
        ),
    ),
    (
        PageState::ScriptShell,
        0.3,
        "loading...|loading…|please wait while",
    ),
];
