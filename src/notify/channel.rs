//! A channel: which changes it takes, when, and how they are sent.

use std::{fmt, str::FromStr, time::Duration};

use lettre::message::{Mailbox, Mailboxes};

use super::{
    Change, ChannelSettings, Digest, Post, Secret, SecretError, SecretRef, When, chat, webhook,
};
use crate::{clock::Instant, finding::Weight};

/// A channel that people chose.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name: that of its section in the settings.
    pub name: String,
    /// Which changes it takes.
    pub filter: Filter,
    /// When.
    pub when: When,
    /// The longest time for one attempt.
    pub time: Duration,
    /// How they are sent.
    pub(super) route: Route,
}

/// Which changes a channel takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of these profiles; empty for all.
    pub profiles: Vec<String>,
    /// Only of at least this weight.
    pub weight: Option<Weight>,
    /// Only of these kinds; empty for all.
    pub kinds: Vec<String>,
}

/// The kinds of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A mail.
    Mail,
    /// A signed webhook.
    Webhook,
    /// A push message by ntfy.
    Ntfy,
    /// A chat that takes what Slack takes.
    Slack,
    /// A chat with the interface of Slack.
    Discord,
    /// A workflow of Microsoft Teams.
    Teams,
    /// A Matrix room.
    Matrix,
    /// A program.
    Command,
    /// Any service that Apprise can send to.
    Apprise,
}

/// How messages are sent.
#[derive(Clone, Debug)]
pub(super) enum Route {
    Mail(Box<Mail>),
    Webhook {
        url: Address,
        secrets: Vec<SecretRef>,
    },
    Ntfy {
        url: Address,
        topic: String,
        token: Option<SecretRef>,
    },
    Slack {
        url: Address,
    },
    Discord {
        url: Address,
    },
    Teams {
        url: Address,
    },
    Matrix {
        url: Address,
        room: String,
        token: SecretRef,
    },
    Apprise {
        url: Address,
    },
    Command(Vec<String>),
}

/// The address of a service, which can be a secret itself.
#[derive(Clone, Debug)]
pub(super) enum Address {
    Plain(url::Url),
    Secret(SecretRef),
}

/// How mails are sent.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    /// The sender.
    pub(super) from: Mailbox,
    /// The receivers.
    pub(super) to: Mailboxes,
    /// Who delivers them.
    pub(super) carrier: Carrier,
    /// Whether the report is attached.
    pub(super) attach: bool,
}

/// Who delivers mails.
#[derive(Clone, Debug)]
pub(super) enum Carrier {
    /// The program of that path.
    Sendmail(String),
    /// A mail server.
    Smtp {
        host: String,
        port: u16,
        security: Security,
        login: Option<(String, SecretRef)>,
    },
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    StartTls,
    Tls,
    None,
}

/// A message ready to be sent.
#[derive(Debug)]
pub enum Parcel {
    /// An HTTP request.
    Post(Post),
    /// A program and its input.
    Run(Vec<String>, String),
    /// A mail; [`super::deliver`] sends it.
    Mail,
}

impl Filter {
    /// The part of a change that the channel accepts; `None` if it does not accept any of it.
    #[must_use]
    pub fn take(&self, change: &Change) -> Option<Change> {
        let is_heavy = match (self.weight, change.weight) {
            (Some(least), Some(weight)) => weight <= least,
            _ => true,
        };
        let is_kind = self.kinds.is_empty() || self.kinds.contains(&change.kind);
        let mut change = change.clone();
        change.cited.retain(|cited| {
            let mut wanted = self.profiles.iter();
            self.profiles.is_empty() || wanted.any(|it| matches(it, &cited.profile))
        });
        (is_heavy && is_kind && !change.cited.is_empty()).then_some(change)
    }
}

/// Whether a name matches a pattern, in which `*` matches anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|at| at.0)
                .chain([rest.len()])
                .any(|at| matches(after, rest.get(at..).unwrap_or_default()))
        }),
    }
}

impl Channel {
    /// What is sent for a digest; `at` is the time of this attempt.
    ///
    /// # Errors
    /// A secret cannot be read.
    pub fn parcel(&self, digest: &Digest, at: Instant) -> Result<Parcel, SecretError> {
        let token = |place: &SecretRef| place.read();
        Ok(Parcel::Post(match &self.route {
            Route::Mail(_) => return Ok(Parcel::Mail),
            Route::Command(command) => {
                let body = webhook::body(digest, &digest.changes, digest.left);
                return Ok(Parcel::Run(command.clone(), format!("{body}\n")));
            }
            Route::Webhook { url, secrets } => {
                let read = secrets.iter().map(SecretRef::read);
                let read: Vec<Secret> = read.collect::<Result<_, _>>()?;
                if let Some(place) = secrets
                    .iter()
                    .zip(&read)
                    .find(|it| !webhook::can_sign(it.1))
                {
                    return Err(SecretError::Unreadable {
                        place: place.0.to_string(),
                        why: "a signing secret is `whsec_` and 24 to 64 bytes in base 64"
                            .to_owned(),
                    });
                }
                webhook::post(digest, url.read()?, &read, at)
            }
            Route::Ntfy {
                url,
                topic,
                token: place,
            } => {
                let token = place.as_ref().map(token).transpose()?;
                chat::ntfy(digest, url.read()?, topic).bearing(token.as_ref())
            }
            Route::Slack { url } => chat::slack(digest, url.read()?),
            Route::Discord { url } => chat::discord(digest, url.read()?),
            Route::Teams { url } => chat::teams(digest, url.read()?),
            Route::Apprise { url } => chat::apprise(digest, url.read()?),
            Route::Matrix {
                url,
                room,
                token: place,
            } => chat::matrix(digest, &url.read()?, room).bearing(Some(&token(place)?)),
        }))
    }

    /// A short description without secrets: `webhook to hooks.example.org, after each run`.
    #[must_use]
    pub fn described(&self) -> String {
        let to = |url: &Address| match url {
            Address::Plain(url) => url.host_str().unwrap_or_default().to_owned(),
            Address::Secret(place) => place.to_string(),
        };
        let how = match &self.route {
            Route::Mail(mail) => format!("mail to {}", mail.to),
            Route::Webhook { url, .. } => format!("webhook to {}", to(url)),
            Route::Ntfy { url, topic, .. } => format!("ntfy topic {topic} on {}", to(url)),
            Route::Slack { url } => format!("slack to {}", to(url)),
            Route::Discord { url } => format!("discord to {}", to(url)),
            Route::Teams { url } => format!("teams to {}", to(url)),
            Route::Apprise { url } => format!("apprise to {}", to(url)),
            Route::Matrix { url, room, .. } => format!("matrix room {room} on {}", to(url)),
            Route::Command(command) => {
                format!("command {}", command.first().map_or("", String::as_str))
            }
        };
        format!("{how}, {}", self.when)
    }
}

impl Address {
    fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Plain(url) => Ok(Secret::of(url.as_str())),
            Self::Secret(place) => place.read(),
        }
    }
}

impl Kind {
    const ALL: [(&'static str, Self); 9] = [
        ("mail", Self::Mail),
        ("webhook", Self::Webhook),
        ("ntfy", Self::Ntfy),
        ("slack", Self::Slack),
        ("discord", Self::Discord),
        ("teams", Self::Teams),
        ("matrix", Self::Matrix),
        ("command", Self::Command),
        ("apprise", Self::Apprise),
    ];

    /// The keys that it needs, and those that are optional.
    pub(super) fn keys(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Mail => (
                &["from", "to", "server"],
                &["security", "user", "password", "attach"],
            ),
            Self::Webhook => (&["url"], &["secrets"]),
            Self::Ntfy => (&["url", "topic"], &["token"]),
            Self::Slack | Self::Discord | Self::Teams | Self::Apprise => (&["url"], &[]),
            Self::Matrix => (&["url", "room", "token"], &[]),
            Self::Command => (&["command"], &[]),
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|it| it.0 == text);
        found.map(|it| it.1).ok_or_else(|| {
            let all: Vec<String> = Self::ALL.iter().map(|it| format!("`{}`", it.0)).collect();
            format!("`{text}` is not one of {}", all.join(", "))
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|it| it.1 == *self);
        out.write_str(found.map_or("", |it| it.0))
    }
}

/// The `sendmail` of the machine.
const SENDMAIL: &str = "/usr/sbin/sendmail";

impl Mail {
    pub(super) fn of(settings: &ChannelSettings) -> Result<Self, (&'static str, String)> {
        let address = |key: &'static str, text: &str| {
            text.parse::<Mailbox>()
                .map_err(|error| (key, format!("`{text}` is not a mail address: {error}")))
        };
        let from = address("from", settings.from.as_deref().unwrap_or_default())?;
        let to = settings.to.iter().map(|text| address("to", text));
        let to: Vec<Mailbox> = to.collect::<Result<_, _>>()?;
        Ok(Self {
            from,
            to: to.into(),
            carrier: Carrier::of(settings)?,
            attach: settings.attach.unwrap_or(false),
        })
    }
}

impl Carrier {
    fn of(settings: &ChannelSettings) -> Result<Self, (&'static str, String)> {
        let server = settings.server.as_deref().unwrap_or_default().trim();
        if server == "sendmail" {
            return Ok(Self::Sendmail(SENDMAIL.to_owned()));
        }
        if server.starts_with('/') {
            return Ok(Self::Sendmail(server.to_owned()));
        }
        let wrong = || {
            (
                "server",
                "it is neither HOST:PORT nor `sendmail`".to_owned(),
            )
        };
        let (host, port) = server.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_| wrong())?;
        if host.is_empty() {
            return Err(wrong());
        }
        let security = match settings.security.as_deref() {
            None | Some("starttls") => Security::StartTls,
            Some("tls") => Security::Tls,
            Some("none") => Security::None,
            Some(other) => {
                return Err((
                    "security",
                    format!("`{other}` is not one of `starttls`, `tls`, `none`"),
                ));
            }
        };
        let login = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => {
                let place: SecretRef = password
                    .parse()
                    .map_err(|error: SecretError| ("password", error.to_string()))?;
                Some((user.clone(), place))
            }
            (None, None) => None,
            (Some(_), None) => return Err(("password", "`user` needs it".to_owned())),
            (None, Some(_)) => return Err(("user", "`password` needs it".to_owned())),
        };
        Ok(Self::Smtp {
            host: host.to_owned(),
            port,
            security,
            login,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Cited;

    fn change(weight: Option<Weight>, kind: &str, profiles: &[&str]) -> Change {
        let cited = profiles.iter().map(|name| Cited {
            profile: (*name).to_owned(),
            title: String::new(),
            finding: None,
            link: None,
        });
        Change {
            weight,
            kind: kind.to_owned(),
            what: String::new(),
            said: String::new(),
            then: None,
            now: None,
            page: String::new(),
            cited: cited.collect(),
        }
    }

    #[test]
    fn a_channel_takes_what_its_filter_says() {
        let absent = change(Some(Weight::Name), "absent", &["kites", "boats-north"]);
        let back = change(None, "back", &["kites"]);
        let profiles = |names: &[&str]| Filter {
            profiles: names.iter().map(|it| (*it).to_owned()).collect(),
            ..Filter::default()
        };
        assert_eq!(Filter::default().take(&absent).unwrap(), absent);
        assert_eq!(profiles(&["boats-*"]).take(&absent).unwrap().cited.len(), 1);
        assert_eq!(
            profiles(&["*s"]).take(&absent).unwrap().cited[0].profile,
            "kites"
        );
        assert_eq!(profiles(&["boats"]).take(&absent), None);
        let least = |weight| Filter {
            weight: Some(weight),
            ..Filter::default()
        };
        assert_eq!(least(Weight::Lost).take(&absent), None);
        assert!(least(Weight::Name).take(&absent).is_some());
        assert!(least(Weight::Lost).take(&back).is_some());
        let kinds = Filter {
            kinds: vec!["gone".to_owned()],
            ..Filter::default()
        };
        assert_eq!(kinds.take(&absent), None);
        assert_eq!(kinds.take(&back), None);
    }
}
