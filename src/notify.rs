//! Alerts: news, as a message for each channel in the settings: mail, webhook, chat, or a command.
//!
//! A [`Digest`] describes what changed, in the same words for every channel. A [`Channel`] decides which changes it takes, when, and how they are
//! sent. [`Channel::parcel`] makes what is sent: a request for others to send, a mail, or input for a command. Text from pages
//! is hostile in each: [`plain::clean`] removes what messages do not need, and every form escapes its own special characters.

mod channel;
mod chat;
mod command;
mod digest;
mod mail;
mod outcome;
mod plain;
mod post;
mod secret;
mod settings;
mod webhook;
mod when;

pub use channel::{Channel, Filter, Kind, Parcel};
pub use command::run;
pub use digest::{Change, Cited, Digest, Words};
pub use mail::{Attachment, MailError, deliver};
pub use outcome::{GONE, Outcome, next_try};
pub use post::{Answer, Post};
pub use secret::{Secret, SecretError, SecretRef};
pub use settings::{CHANNEL_KEYS, ChannelKey, ChannelSettings, Mistake, is_secret};
pub use when::{When, WhenError};
