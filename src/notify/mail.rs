//! Mail: plain text and HTML, threads per profile, by a mail server or the machine's `sendmail`.

use std::time::Duration;

use askama::Template;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Attachment as Part, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use super::{
    Channel, Digest, Outcome, SecretError, SecretRef,
    channel::{Carrier, Mail, Route, Security},
    command,
    plain::{self, Line, clean, lines},
};
use crate::{digest::ContentDigest, finding::Weight, text::with_causes};

/// A file that goes with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its bytes: HTML.
    pub bytes: Vec<u8>,
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The channel does not send mail.
    #[error("the channel {0} does not send mail")]
    NoMail(String),
    /// The password cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A header or address that no mail can have.
    #[error("the mail cannot be written: {0}")]
    Unwritable(#[from] lettre::error::Error),
    /// Its HTML.
    #[error("the HTML of the mail cannot be written: {0}")]
    Html(#[from] askama::Error),
}

/// The most bytes of the text of a mail.
const MOST: usize = 60_000;

/// Sends the mail for a digest, within the time of the channel. `reports` are attached if the settings of the channel ask for it.
///
/// A server that accepted the mail without an answer gets it again, under the same Message-ID.
///
/// # Errors
/// The mail cannot be written.
pub async fn deliver(
    channel: &Channel,
    digest: &Digest,
    reports: &dyn Fn() -> Vec<Attachment>,
) -> Result<Outcome, MailError> {
    let Route::Mail(mail) = &channel.route else {
        return Err(MailError::NoMail(channel.name.clone()));
    };
    let attached = if mail.attach { reports() } else { Vec::new() };
    let message = message(mail, digest, attached)?;
    match &mail.carrier {
        Carrier::Sendmail(program) => {
            let command = [program.as_str(), "-t", "-i"].map(str::to_owned);
            // `sendmail` expects the line ends of the machine.
            let text = String::from_utf8_lossy(&message.formatted()).replace("\r\n", "\n");
            Ok(command::run(&command, text.as_bytes(), channel.time))
        }
        Carrier::Smtp {
            host,
            port,
            security,
            login,
        } => {
            let transport = transport(host, *port, *security, login.as_ref(), channel.time)?;
            // The limit of the transport applies to each step; a server that is slow at every step would take minutes.
            let sent = tokio::time::timeout(channel.time, transport.send(message)).await;
            Ok(match sent {
                Ok(Ok(_)) => Outcome::Sent,
                Ok(Err(error)) => of_error(&error),
                Err(_) => Outcome::later(format!(
                    "the mail server had not answered after {} s",
                    channel.time.as_secs()
                )),
            })
        }
    }
}

fn transport(
    host: &str,
    port: u16,
    security: Security,
    login: Option<&(String, SecretRef)>,
    time: Duration,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, SecretError> {
    let unusable = |error: lettre::transport::smtp::Error| SecretError::Unreadable {
        place: format!("the name {host}"),
        why: error.to_string(),
    };
    let parameters = || TlsParameters::new(host.to_owned()).map_err(unusable);
    let tls = match security {
        Security::StartTls => Tls::Required(parameters()?),
        Security::Tls => Tls::Wrapper(parameters()?),
        Security::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(port)
        .tls(tls)
        .timeout(Some(time));
    if let Some((user, place)) = login {
        let password = place.read()?;
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        builder = builder.credentials(credentials);
    }
    Ok(builder.build())
}

/// 4xx: later. 5xx: never. Without an answer the mail may or may not have arrived, so later, under the same Message-ID.
fn of_error(error: &lettre::transport::smtp::Error) -> Outcome {
    let why = clean(&with_causes(error), 200);
    if error.is_permanent() {
        Outcome::Refused { why }
    } else {
        Outcome::later(why)
    }
}

/// The mail, the same for every attempt.
fn message(mail: &Mail, digest: &Digest, attached: Vec<Attachment>) -> Result<Message, MailError> {
    let host = mail.from.email.domain();
    let profiles = digest.profiles();
    let roots: Vec<String> = profiles
        .iter()
        .take(10)
        .map(|(name, _)| format!("<profile.{}@{host}>", token(name)))
        .collect();
    let subject = match (profiles.as_slice(), digest.changes.as_slice()) {
        ([(_, title)], [change]) => {
            let what = clean(&change.what, 80);
            format!("{}: {what} ({})", change.label(), clean(title, 80))
        }
        ([(_, title)], _) => format!("{} ({})", digest.summary, clean(title, 80)),
        _ => digest.summary.clone(),
    };
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}@{host}>", digest.id)))
        .date(digest.at.into())
        .from(mail.from.clone())
        .subject(format!("stillsays: {subject}"))
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("Precedence", "bulk"))
        .raw_header(raw("X-Auto-Response-Suppress", "All"))
        .raw_header(raw("List-Id", &list_id(&profiles, host)));
    for to in mail.to.iter() {
        builder = builder.to(Mailbox::clone(to));
    }
    if let Some(first) = roots.first() {
        builder = builder.in_reply_to(first.clone());
        builder = builder.references(roots.join(" "));
    }
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", digest.id))
        .singlepart(SinglePart::plain(plain(digest)))
        .singlepart(SinglePart::html(html(digest)?));
    if attached.is_empty() {
        return Ok(builder.multipart(alternative)?);
    }
    let mut mixed = MultiPart::mixed()
        .boundary(format!("mixed-{}", digest.id))
        .multipart(alternative);
    for Attachment { name, bytes } in attached {
        mixed = mixed.singlepart(Part::new(name).body(bytes, ContentType::TEXT_HTML));
    }
    Ok(builder.multipart(mixed)?)
}

/// `Kites of the World <kites.stillsays.example.org>` (RFC 2919).
fn list_id(profiles: &[(&str, &str)], host: &str) -> String {
    match profiles {
        [(name, title)] => {
            let title = clean(title, 80).replace(['<', '>', '"', '\\'], "");
            format!("{title} <{}.stillsays.{host}>", token(name))
        }
        _ => format!("stillsays <stillsays.{host}>"),
    }
}

/// A name in an id: letters, digits and hyphens; two names never become one.
fn token(name: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    let kept: String = name.chars().filter(|it| plain(*it)).collect();
    format!("{kept}-{}", ContentDigest::of(name.as_bytes()).short())
}

/// A header field that lettre has no type for.
fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

const FOOT: &str = "stillsays reads the pages that an article cites, and says when they change.";

/// The plain part.
fn plain(digest: &Digest) -> String {
    let title = &digest.summary;
    let text = plain::text(digest, MOST);
    format!("{title}\n\n{text}\n-- \n{FOOT}\n")
}

/// One change in the HTML part.
struct Block {
    color: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(config = "src/notify/askama.toml", path = "mail.html")]
struct Page {
    title: String,
    blocks: Vec<Block>,
    left: String,
    foot: &'static str,
}

/// The HTML part: no image, no script, nothing from elsewhere.
fn html(digest: &Digest) -> Result<String, askama::Error> {
    let shown = digest.changes.len().min(25);
    let blocks = digest.changes.iter().take(shown).map(|change| Block {
        color: match change.weight {
            Some(Weight::Lost) => "#b3261e",
            None => "#146c2e",
            Some(_) => "#8a5a00",
        },
        lines: lines(change),
    });
    let page = Page {
        title: digest.summary.clone(),
        blocks: blocks.collect(),
        left: match digest.changes.len() - shown + digest.left {
            0 => String::new(),
            more => plain::left(digest, more),
        },
        foot: FOOT,
    };
    page.render()
}
