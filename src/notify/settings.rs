//! A channel in the settings file: one table of keys for all kinds, and the keys of each kind.

use std::time::Duration;

use serde::Deserialize;

use super::{
    Channel, Filter, Kind, SecretError, SecretRef, When,
    channel::{Address, Mail, Route},
};

/// One key of a channel.
#[derive(Clone, Copy, Debug)]
pub struct ChannelKey {
    /// Its name.
    pub key: &'static str,
    /// Its type in JSON Schema.
    pub kind: &'static str,
    /// The kinds of channels that accept it, and its purpose.
    pub about: &'static str,
}

macro_rules! keys {
    ($($key:literal $kind:literal $about:literal;)*) => {
        /// All keys of a channel, in the order of the documentation.
        pub const CHANNEL_KEYS: &[ChannelKey] = &[$(ChannelKey { key: $key, kind: $kind, about: $about },)*];
    };
}

keys! {
    "kind" "string" "how messages are sent: `mail`, `webhook`, `ntfy`, `slack` (and what understands it: Mattermost, Rocket.Chat), `discord`, `teams`, `matrix`, `command`, `apprise`";
    "digest" "string" "when: `run` (after each run with news; the default), `07:00` (daily) or `mon 07:00` (weekly)";
    "zone" "string" "the time zone of `digest`, such as `Europe/Vilnius`; UTC by default";
    "profiles" "array" "only these profiles, by name; `*` matches anything";
    "weight" "string" "only changes of at least this weight: `lost`, `words`, `name`, `moved`, `new`; pages that are back are always in";
    "kinds" "array" "only changes of these kinds: `absent`, `renamed`, `altered`, `gone`, `back`, …";
    "time" "string" "the longest time for one attempt; 30s by default";
    "url" "string" "the address: of the webhook, of the ntfy server, of the Matrix server, of Apprise's `/notify/KEY`; or where it is, as for a secret";
    "secrets" "array" "webhook: where the secrets are that sign, the newest first";
    "topic" "string" "ntfy: the topic";
    "room" "string" "matrix: the id of the room, `!…`";
    "token" "string" "ntfy, matrix: where the access token is";
    "command" "array" "command: the program and its arguments";
    "from" "string" "mail: the sender, `Name <address>`";
    "to" "array" "mail: the recipients";
    "server" "string" "mail: `HOST:PORT` of the mail server, or `sendmail` for the program of that name";
    "security" "string" "mail: `starttls` (the default), `tls`, or `none` for a server on this machine";
    "user" "string" "mail: the name for logging in";
    "password" "string" "mail: where the password is";
    "attach" "boolean" "mail: whether the reports on the profiles are attached, as HTML";
}

/// `[notify.NAME]`, as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "CHANNEL_KEYS says what each is for")]
pub struct ChannelSettings {
    pub kind: String,
    pub digest: String,
    pub zone: String,
    pub profiles: Vec<String>,
    pub weight: Option<String>,
    pub kinds: Vec<String>,
    pub time: Option<String>,
    pub url: Option<String>,
    pub secrets: Vec<String>,
    pub topic: Option<String>,
    pub room: Option<String>,
    pub token: Option<String>,
    pub command: Vec<String>,
    pub from: Option<String>,
    pub to: Vec<String>,
    pub server: Option<String>,
    pub security: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub attach: Option<bool>,
}

/// A mistake in the settings of a channel. It never shows a value that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Mistake {
    /// The key.
    pub key: &'static str,
    /// What is wrong with it.
    pub why: String,
}

fn mistake(key: &'static str, why: impl Into<String>) -> Mistake {
    let why = why.into();
    Mistake { key, why }
}

/// Whether a key of a channel contains a secret if somebody writes one into the settings by mistake.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    matches!(key, "url" | "secrets" | "token" | "password")
}

/// The keys that every kind accepts.
const COMMON: &[&str] = &[
    "kind", "digest", "zone", "profiles", "weight", "kinds", "time",
];

impl ChannelSettings {
    /// Reads the keys; the error has no details, because a value can be a secret.
    ///
    /// # Errors
    /// A key has a value of another type, or is unknown.
    #[expect(
        clippy::result_unit_err,
        reason = "every word about it could show a secret"
    )]
    pub fn try_from_table(table: &toml::Table) -> Result<Self, ()> {
        table.clone().try_into().map_err(drop)
    }

    /// The channel with that name.
    ///
    /// # Errors
    /// A value that its key does not accept, a key that the kind does not accept, or a missing one that it needs.
    pub fn channel(&self, name: &str) -> Result<Channel, Mistake> {
        let kind: Kind = self.kind.parse().map_err(|why| mistake("kind", why))?;
        let (needed, taken) = kind.keys();
        for key in self.given() {
            if !COMMON.contains(&key) && !needed.contains(&key) && !taken.contains(&key) {
                return Err(mistake(key, format!("`{}` does not take it", self.kind)));
            }
        }
        if let Some(key) = needed.iter().find(|key| !self.given().contains(key)) {
            return Err(mistake(key, format!("`{}` needs it", self.kind)));
        }
        let time = match &self.time {
            None => Duration::from_secs(30),
            Some(text) => seconds(text).ok_or_else(|| {
                mistake(
                    "time",
                    "a number of seconds up to 600 is needed, such as `30s`",
                )
            })?,
        };
        Ok(Channel {
            name: name.to_owned(),
            filter: self.filter()?,
            when: When::parse(&self.digest, &self.zone).map_err(|error| {
                let key = match error {
                    super::WhenError::Zone(_) => "zone",
                    super::WhenError::Syntax(_) => "digest",
                };
                mistake(key, error.to_string())
            })?,
            time,
            route: self.route(kind)?,
        })
    }

    /// The keys that have a value.
    fn given(&self) -> Vec<&'static str> {
        let all = [
            ("kind", !self.kind.is_empty()),
            ("digest", !self.digest.is_empty()),
            ("zone", !self.zone.is_empty()),
            ("profiles", !self.profiles.is_empty()),
            ("weight", self.weight.is_some()),
            ("kinds", !self.kinds.is_empty()),
            ("time", self.time.is_some()),
            ("url", self.url.is_some()),
            ("secrets", !self.secrets.is_empty()),
            ("topic", self.topic.is_some()),
            ("room", self.room.is_some()),
            ("token", self.token.is_some()),
            ("command", !self.command.is_empty()),
            ("from", self.from.is_some()),
            ("to", !self.to.is_empty()),
            ("server", self.server.is_some()),
            ("security", self.security.is_some()),
            ("user", self.user.is_some()),
            ("password", self.password.is_some()),
            ("attach", self.attach.is_some()),
        ];
        let given = all.into_iter().filter(|key| key.1);
        given.map(|key| key.0).collect()
    }

    fn filter(&self) -> Result<Filter, Mistake> {
        let weight = self.weight.as_ref().map(|text| {
            serde_json::from_value(serde_json::Value::String(text.clone())).map_err(|_| {
                mistake(
                    "weight",
                    format!("`{text}` is not one of `lost`, `words`, `name`, `moved`, `new`"),
                )
            })
        });
        Ok(Filter {
            profiles: self.profiles.clone(),
            weight: weight.transpose()?,
            kinds: self.kinds.clone(),
        })
    }

    fn route(&self, kind: Kind) -> Result<Route, Mistake> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let token = || place("token", self.token.as_deref());
        let url = || self.address();
        Ok(match kind {
            Kind::Mail => Route::Mail(Box::new(self.mail()?)),
            Kind::Webhook => Route::Webhook {
                url: url()?,
                secrets: self
                    .secrets
                    .iter()
                    .map(|text| {
                        text.parse()
                            .map_err(|error: SecretError| mistake("secrets", error.to_string()))
                    })
                    .collect::<Result<_, _>>()?,
            },
            Kind::Ntfy => Route::Ntfy {
                url: url()?,
                topic: text(&self.topic),
                token: token()?,
            },
            Kind::Slack => Route::Slack { url: url()? },
            Kind::Discord => Route::Discord { url: url()? },
            Kind::Teams => Route::Teams { url: url()? },
            Kind::Apprise => Route::Apprise { url: url()? },
            Kind::Matrix => {
                let room = text(&self.room);
                if !room.starts_with('!') {
                    return Err(mistake(
                        "room",
                        "the id of a room begins with `!`; its settings show it",
                    ));
                }
                let token = token()?.ok_or_else(|| mistake("token", "`matrix` needs it"))?;
                let url = url()?;
                Route::Matrix { url, room, token }
            }
            Kind::Command => Route::Command(self.command.clone()),
        })
    }

    fn address(&self) -> Result<Address, Mistake> {
        let text = self.url.as_deref().unwrap_or_default().trim();
        if let Ok(place) = text.parse::<SecretRef>() {
            return Ok(Address::Secret(place));
        }
        let parsed = url::Url::parse(text).ok();
        match parsed.filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) => Ok(Address::Plain(url)),
            None => Err(mistake(
                "url",
                "it is neither an address with http:// or https:// nor the place of one (`file:PATH`, `env:NAME`, `credential:NAME`)",
            )),
        }
    }

    fn mail(&self) -> Result<Mail, Mistake> {
        Mail::of(self).map_err(|(key, why)| mistake(key, why))
    }
}

fn place(key: &'static str, text: Option<&str>) -> Result<Option<SecretRef>, Mistake> {
    let parsed = text.map(|text| {
        text.parse()
            .map_err(|error: SecretError| mistake(key, error.to_string()))
    });
    parsed.transpose()
}

fn seconds(text: &str) -> Option<Duration> {
    let number = text.trim().trim_end_matches('s').trim_end();
    let seconds: u64 = number.parse().ok()?;
    (1..=600)
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(toml: &str) -> Result<Channel, Mistake> {
        toml::from_str::<ChannelSettings>(toml)
            .unwrap()
            .channel("a")
    }

    #[test]
    fn each_kind_says_which_keys_it_needs_and_takes() {
        for (toml, key) in [
            ("", "kind"),
            ("kind = 'pigeon'", "kind"),
            ("kind = 'webhook'", "url"),
            ("kind = 'webhook'\nurl = 'ftp://a.example/'", "url"),
            (
                "kind = 'webhook'\nurl = 'https://a.example/'\ntopic = 'x'",
                "topic",
            ),
            (
                "kind = 'webhook'\nurl = 'https://a.example/'\nsecrets = ['whsec_abc']",
                "secrets",
            ),
            (
                "kind = 'webhook'\nurl = 'https://a.example/'\nweight = 'heavy'",
                "weight",
            ),
            (
                "kind = 'webhook'\nurl = 'https://a.example/'\ndigest = 'noon'",
                "digest",
            ),
            (
                "kind = 'webhook'\nurl = 'https://a.example/'\nzone = 'Nowhere'",
                "zone",
            ),
            (
                "kind = 'webhook'\nurl = 'https://a.example/'\ntime = '1h'",
                "time",
            ),
            (
                "kind = 'matrix'\nurl = 'https://a.example'\nroom = '#a:b'\ntoken = 'env:A'",
                "room",
            ),
            (
                "kind = 'mail'\nfrom = 'a@b.example'\nto = ['nobody']\nserver = 'sendmail'",
                "to",
            ),
            (
                "kind = 'mail'\nfrom = 'a@b.example'\nto = ['c@d.example']\nserver = 'mx:x'",
                "server",
            ),
            (
                "kind = 'mail'\nfrom = 'a@b.example'\nto = ['c@d.example']\nserver = 'mx:25'\nsecurity = 'good'",
                "security",
            ),
            (
                "kind = 'mail'\nfrom = 'a@b.example'\nto = ['c@d.example']\nserver = 'mx:25'\npassword = 'env:P'",
                "user",
            ),
        ] {
            assert_eq!(
                channel(toml).map(|it| it.name).unwrap_err().key,
                key,
                "{toml}"
            );
        }
    }

    #[test]
    fn a_mistake_shows_no_secret() {
        for key in ["token", "password", "url"] {
            let toml =
                format!("kind = 'ntfy'\ntopic = 'x'\nurl = 'https://n.example'\n{key} = 'hunter2'");
            let toml = if key == "url" {
                "kind = 'ntfy'\ntopic = 'x'\nurl = 'hunter2'".to_owned()
            } else {
                toml
            };
            let error = channel(&toml).map(|it| it.name).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn every_key_of_the_table_is_one_that_is_read() {
        for key in CHANNEL_KEYS {
            let value = match key.kind {
                "array" => "['x']",
                "boolean" => "true",
                _ => "'x'",
            };
            let toml = format!("{} = {value}", key.key);
            let settings: ChannelSettings = toml::from_str(&toml).unwrap();
            assert_eq!(settings.given(), [key.key]);
        }
    }
}
