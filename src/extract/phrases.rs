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
            "429 too many requests|too many requests|verifying you are human|one moment, please|",
            "einen moment, bitte|zugriff verweigert|un instant|accès refusé|accès interdit|acceso denegado|un momento|",
            "acesso negado|accesso negato|toegang geweigerd|доступ запрещен|доступ ограничен|проверка браузера|",
            "安全验证|访问受限|人机验证|访问验证|アクセスが拒否|접근이 차단|slow down",
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
            "oops|oups|nie znaleziono|sidan hittades inte|siden blev ikke fundet|siden ble ikke funnet|sivua ei löytynyt|",
            "stránka nenalezena|az oldal nem található|sayfa bulunamadı|nu a fost găsită|страница не найдена|не найдено|",
            "сторінку не знайдено|η σελίδα δεν βρέθηκε|الصفحة غير موجودة|הדף לא נמצא|页面不存在|页面未找到|找不到页面|",
            "找不到頁面|ページが見つかりません|見つかりません|페이지를 찾을 수",
        ),
    ),
    (
        PageState::LoginWall,
        0.4,
        concat!(
            "log in|login|sign in|members only|anmelden|connexion|iniciar sesión|restricted area|member login|",
            "password protected|protected:|anmeldung|espace membre|zona de socios|acceso|entrar|área restrita|accedi|",
            "inloggen|logga in|logg inn|log ind|logowanie|zaloguj|přihlášení|giriş|вход|войти|авторизация|увійти|",
            "تسجيل الدخول|התחברות|登录|登錄|ログイン|로그인",
        ),
    ),
    (
        PageState::ConsentWall,
        0.4,
        concat!(
            "before you continue|your privacy|we value your privacy|cookie consent|consent|bevor sie fortfahren|",
            "avant de continuer|wir schätzen ihre privatsphäre|ihre privatsphäre|votre vie privée|antes de continuar|",
            "tu privacidad|su privacidad|a sua privacidade|la tua privacy|prima di continuare|uw privacy|",
            "gestion des cookies|continue with ads",
        ),
    ),
    (
        PageState::Parked,
        0.4,
        concat!(
            "domain for sale|is for sale|parked|domain name|buy this domain|expired domain|domain expired|",
            "account suspended|steht zum verkauf|zum verkauf|domaine à vendre|dominio en venta|welcome to nginx|",
            "apache2 ubuntu default|apache2 debian default|apache http server test page|iis windows server|",
            "default web site page|default parallels plesk|domain default page|it works!|site is coming online|",
            "домен продается|domena na sprzedaż",
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
            "reference #|your ip address has been|access to this page has been denied|why have i been blocked|",
            "request is being verified|ob sie ein mensch sind|überprüfung ihres browsers|que vous êtes humain|",
            "vérification de votre navigateur|dirección ip ha sido|verificando que eres humano|verifica que eres humano|",
            "você é humano|endereço ip foi|sei umano|u een mens bent|что вы не робот|что вы человек|ваш ip|",
            "请完成验证|请完成安全验证|异常流量|ロボットではありません|로봇이 아닙니다|too many requests from",
        ),
    ),
    (
        PageState::Blocked,
        0.3,
        concat!(
            "you don't have permission|you do not have permission|request unsuccessful|ddos|too many requests|",
            "no tiene permiso|vous n'avez pas l'autorisation|sie haben keine berechtigung|não tem permissão|",
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
            "page demandée|página solicitada|la page que vous|strona, której szukasz|die seite, die sie suchen|la página que|",
            "a página que|la pagina che|de pagina die je zoekt|запрашиваемая страница|страница не существует|",
            "お探しのページ|您访问的页面|요청하신 페이지|الصفحة التي",
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
            "create an account|olvidó su contraseña|olvidaste tu contraseña|esqueceu a senha|password dimenticata|",
            "wachtwoord vergeten|glömt lösenord|glemt passord|nie pamiętasz hasła|zapomenuté heslo|şifremi unuttum|",
            "забыли пароль|забули пароль|نسيت كلمة|שכחת סיסמה|忘记密码|忘記密碼|パスワードを忘れ|비밀번호를 잊|",
            "vous devez être connecté|sie müssen angemeldet sein|debes iniciar sesión",
        ),
    ),
    (
        PageState::ConsentWall,
        0.35,
        concat!(
            "we and our partners store|we use cookies and|cookies and data to|process personal data|",
            "legitimate interest|manage your choices|consent to the use|before you continue to|your consent|",
            "wir und unsere partner|nous et nos partenaires|nosotros y nuestros socios|nós e os nossos parceiros|",
            "noi e i nostri partner|wij en onze partners|berechtigtes interesse|votre consentement|tu consentimiento|",
            "ihrer einwilligung|ihre einwilligung|store and access information",
        ),
    ),
    (
        PageState::ConsentWall,
        0.25,
        concat!(
            "accept all|reject all|manage options|manage preferences|agree and continue|i agree|more options|",
            "alle akzeptieren|alle ablehnen|tout accepter|tout refuser|aceptar todo|rechazar todo|aceitar tudo|",
            "accetta tutto|alles accepteren|godkänn alla|принять все",
        ),
    ),
    (
        PageState::Parked,
        0.4,
        concat!(
            "this domain is for sale|domain is for sale|domain may be for sale|buy this domain|this domain name|",
            "domain has expired|domain is parked|parked free|courtesy of|inquire about this domain|",
            "make an offer on this domain|the domain has been registered|this web page is parked|",
            "domain steht zum verkauf|domain kaufen|domaine est à vendre|dominio está en venta|recently been registered|",
            "web server is successfully installed|further configuration is required|is the default web page for this|",
            "this is the default welcome page|to correctly set up",
        ),
    ),
    (
        PageState::Parked,
        0.3,
        concat!(
            "related searches|sponsored listings|domain registrar|domain broker|get this domain|",
            "renew your domain|web hosting|registered at|whois|make an offer|future home of|",
            "account has been suspended|domain owner|is this your domain|add hosting|diese domain|hosting provider",
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
            "could be here|your logo here|no members found|no results found|suchen noch sponsoren|suchen noch partner|",
            "suchen sponsoren|suchen partner|hier könnte ihr logo|recherchons des partenaires|cherchons des partenaires|",
            "recherchons des sponsors|votre logo ici|buscamos patrocinadores|buscamos socios|buscamos aliados|",
            "tu logo aquí|su logo aquí|procuramos parceiros|procuramos patrocinadores|cerchiamo sponsor|",
            "cerchiamo partner|zoeken sponsors|ищем партн|ищем спонсор",
        ),
    ),
    (
        PageState::ScriptShell,
        0.4,
        concat!(
            "enable javascript|javascript is disabled|javascript enabled|requires javascript|turn on javascript|",
            "javascript is required|without javascript|javascript to run this app|aktivieren sie javascript|",
            "activer javascript|habilite javascript|active javascript|habilitar javascript|attiva javascript|",
            "включите javascript|请启用javascript|javascriptを有効",
        ),
    ),
    (
        PageState::ScriptShell,
        0.3,
        "loading...|loading…|please wait while",
    ),
];
