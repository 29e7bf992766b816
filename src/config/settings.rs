//! Every setting: its key, its default, its purpose, and the type that it is read into.

use std::{net::SocketAddr, path::PathBuf};

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::Deserialize;

use super::fleet::FleetSettings;
use crate::{
    archives::Archive,
    compare::Alert,
    fetch::Header,
    notify::SecretRef,
    pipeline::{Changes, Thinning},
    schedule::Cadence,
};

/// One setting, as it appears in the example file, the environment and `stillsays config`.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key: section and name, joined by a dot.
    pub key: &'static str,
    /// Its default, as TOML.
    pub default: &'static str,
    /// Its purpose and unit.
    pub about: &'static str,
}

impl Setting {
    /// The environment variable that overrides the file: `STILLSAYS_FETCH_DELAY`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("STILLSAYS_{}", self.key.replace('.', "_").to_uppercase())
    }
}

/// An entry of `archives.keys`, without what does not say where the key is.
fn without_key(entry: &toml::Value) -> String {
    let (name, place) = entry
        .as_str()
        .and_then(|it| it.trim().split_once(' '))
        .unwrap_or_default();
    match place.parse::<SecretRef>() {
        Ok(place) => format!("{name} {place}"),
        Err(_) => format!("{name} …"),
    }
}

impl Setting {
    /// The value for display, without the name and password in an address, and without a key that was written in place of where it is.
    #[must_use]
    pub fn shown(key: &str, value: &toml::Value) -> toml::Value {
        if key == "archives.keys" {
            let keys = value.as_array().into_iter().flatten();
            let keys = keys.map(|it| toml::Value::String(without_key(it)));
            return toml::Value::Array(keys.collect());
        }
        match value.as_str().and_then(|value| value.rsplit_once('@')) {
            Some((before, host))
                if ["fetch.proxy", "fleet.database", "ledger.timestamp_url"].contains(&key) =>
            {
                let scheme = before.split_once("://").map_or("", |parts| parts.0);
                let mark = if scheme.is_empty() { "" } else { "://" };
                toml::Value::String(format!("{scheme}{mark}…@{host}"))
            }
            _ => value.clone(),
        }
    }
}

macro_rules! settings {
    ($($key:literal = $default:literal, $about:literal;)*) => {
        /// All settings, in the order of the example file.
        pub const SETTINGS: &[Setting] = &[
            $(Setting { key: $key, default: $default, about: $about },)*
        ];
    };
}

settings! {
    "store" = r#""snapshots/stillsays.db""#, "the archive: one SQLite file";
    "profiles" = r#""config/profiles""#, "the folder of the profiles, one TOML file each";
    "reviewer" = r#""""#, "the name to record with reviews; empty for the name of the account";
    "words" = r#""""#, "a TOML file with words, or a language, to add to those that pages and articles are read with (docs/words.md); empty for none";
    "serve.listen" = r#""127.0.0.1:8080""#, "the address and port on which `serve` shows reports; port 0 for any free port";
    "serve.replay" = r#""127.0.0.1:8081""#, "the address and port on which `serve` replays archived pages, an origin of its own";
    "serve.hosts" = "[]", "host names that `serve` answers to, besides localhost and its own addresses";
    "serve.url" = r#""""#, "the address at which readers of messages and feeds open the desk, such as `https://desk.example.org/`; empty if they cannot";
    "serve.connections" = "128", "the most open connections on each of the two; more wait until one is closed";
    "serve.replay_url" = r#""""#, "the public address of archived pages, which needs a host name of its own; empty for the one that `serve` listens on";
    "serve.trusted_proxies" = "[]", "address ranges (CIDR) of reverse proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed";
    "serve.user_header" = r#""""#, "the header in which such a proxy names the account of a person that it has logged in; empty for none";
    "serve.accounts" = r#""""#, "the file with the accounts; empty for one beside the store";
    "serve.session_idle" = r#""12h""#, "how long a session lasts without a request";
    "serve.session_max" = r#""30d""#, "how long a session lasts at most";
    "serve.patience" = r#""15s""#, "the longest time for a browser to send the head of a request, to send the next request on an open connection, and to take each 16 kB of an answer";
    "wiki.hosts" = r#"["wikipedia.org"]"#, "hosts, including their subdomains, whose articles `profile import` gets through `wiki.rest`";
    "wiki.rest" = r#""{origin}/api/rest_v1/page/html/{title}""#, "the address of the HTML of an article's current revision on these hosts; `{origin}` and `{title}` are replaced";
    "schedule.every" = r#""1d""#, "how often a page is visited, unless its profile or reference says: an interval (`12h`), five cron fields in UTC, or `auto` for as often as it changes";
    "schedule.min" = r#""6h""#, "the shortest interval of `auto`: pages are visited at the geometric mean of this and the time between two of their changes";
    "schedule.max" = r#""30d""#, "... and the longest";
    "schedule.retry" = r#""6h""#, "how soon a page is visited again after a failed visit";
    "schedule.unconditional" = "10", "after how many visits a page is requested without If-None-Match, to detect changes under the same ETag; 0 for never";
    "alert.visits" = "3", "a page counts as lost after at least this many bad visits in a row (unreachable, refused, walled, server error)";
    "alert.span" = r#""72h""#, "... and over at least this time; until then, the last good visit counts";
    "cite.public_replay" = r#""""#, "the address at which others can open the archived pages, up to the date (`https://archive.example.org/web/`); empty if no one can: then `edits` proposes no copies from this archive";
    "archives.sources" = "[]", "other archives that may be asked for copies, each `cdx:ADDRESS` (Wayback), `pywb:ADDRESS`, `memento:ADDRESS` (a TimeMap) or `commoncrawl:ADDRESS` (slow, nothing to cite), such as `cdx:https://web.archive.org`; if the list is empty, none is asked";
    "archives.keys" = "[]", "keys for archives that ask for one, each `NAME PLACE`: the archive gets it in the field Authorization; PLACE is `file:PATH`, `env:NAME` or `credential:NAME` (systemd)";
    "archives.auto" = "false", "whether `run` asks them by itself, once, for pages that were cited before their first visit";
    "archives.window" = r#""90d""#, "how far from the access date a copy counts as near";
    "archives.index_per_minute" = "24", "the most requests for pages of its index that one archive gets in a minute, from all processes together";
    "archives.mementos_per_minute" = "480", "... and the most requests for copies";
    "archives.max_wait" = r#""2m""#, "the longest time to wait for an archive; beyond that, the next command goes on";
    "archives.again" = r#""30d""#, "how long an index that was read is not asked again about a page";
    "archives.time" = r#""2m""#, "the most time that `run` spends on asking other archives";
    "archives.perma" = r#""https://api.perma.cc""#, "the address of the interface of Perma.cc, for `copies add` with a Perma link";
    "push.archives" = r#"["https://web.archive.org"]"#, "archives with a Save Page Now interface that `push` sends pages to, by address; the first unless `--to` names another";
    "push.keys" = r#""""#, "the file with the keys for it, `ACCESS:SECRET`; empty for the systemd credential `push-keys`";
    "push.when" = "[]", "what makes `run` queue a page for `push --due`: `first` (its first visit), `change` (its payload changed), `stale` (its reference is no longer there as cited); empty for nothing";
    "fetch.contact" = r#""""#, "a mail address or page where the owner of a site can reach you; part of the User-Agent";
    "fetch.user_agent" = r#""""#, "the complete User-Agent; empty for `stillsays/VERSION (+CONTACT)`";
    "fetch.jobs" = "8", "how many hosts are visited at the same time; each host gets one request at a time";
    "fetch.delay" = r#""5s""#, "the least time between two requests to one host";
    "fetch.crawl_delay_cap" = r#""60s""#, "the longest Crawl-delay of a robots.txt that is respected";
    "fetch.max_wait" = r#""90s""#, "the longest time that a run waits for a host (Retry-After, back-off); beyond that, the next run visits it";
    "fetch.tries" = "3", "how often one run requests a page after failures that may be temporary; every attempt is kept";
    "fetch.backoff" = r#""10s""#, "the first pause after such a failure, or a 429 or 503 without Retry-After; it doubles each time";
    "fetch.block_backoff" = r#""1h""#, "the first pause after a host has blocked (403 three times in a row, a challenge); it doubles each time, from run to run";
    "fetch.max_backoff" = r#""7d""#, "the longest pause from doubling, and the longest Retry-After that is respected";
    "fetch.connect_timeout" = r#""10s""#, "the longest time for a connection, TLS included";
    "fetch.response_timeout" = r#""30s""#, "the longest time for the head of a response";
    "fetch.total_timeout" = r#""2m""#, "the longest time for a whole exchange";
    "fetch.min_rate" = "128", "the least bytes per second of a body; a slower one is truncated; 0 for no limit";
    "fetch.rate_window" = r#""20s""#, "the time over which that rate is averaged";
    "fetch.grace" = r#""10s""#, "how long a request in progress can continue after Ctrl-C or SIGTERM";
    "fetch.max_bytes" = r#""20 MB""#, "the longest body that is kept; a longer one is truncated and marked as such";
    "fetch.max_decoded_bytes" = r#""60 MB""#, "the largest size of a compressed body after unpacking";
    "fetch.max_redirects" = "10", "the most redirects to follow";
    "fetch.pages" = "10", "the most additional pages of a list to visit, if the list continues on linked pages of its host and a claim has names that its first page does not show; 0 for none";
    "fetch.allow" = "[]", "address ranges (CIDR) to allow although they are private or reserved";
    "fetch.deny" = "[]", "address ranges (CIDR) to refuse";
    "fetch.denied_ports" = "[]", "ports to refuse, besides those that browsers refuse (mail, databases and the like)";
    "fetch.robots_age" = r#""1d""#, "how long the rules of a robots.txt are used before it is requested again";
    "fetch.robots_retry" = r#""1h""#, "how soon a robots.txt that could not be fetched is requested again; until then, its host is not visited";
    "fetch.proxy" = r#""""#, "the proxy, `http://HOST:PORT`; empty for http_proxy, https_proxy and all_proxy from the environment, `none` for none";
    "fetch.no_proxy" = "[]", "hosts and address ranges to visit without the proxy; if the list is empty, no_proxy from the environment";
    "fetch.accept_language" = r#""""#, "the Accept-Language header, such as `en, de;q=0.5`; empty for none";
    "fetch.headers" = "[]", "additional request headers, each `HOST NAME: VALUE` (`*.example.org` for a host and its subdomains, `*` for all); they are archived with the request, so do not put secrets in them";
    "fetch.roots" = r#""""#, "a PEM file with certificates of additional trusted authorities; empty for none";
    "fetch.untrusted" = "false", "whether to archive pages of hosts with an invalid certificate (expired, for another host, of an unknown issuer); `captures` marks such pages as untrusted";
    "ledger.key" = r#""""#, "the file with the key that signs checkpoints; empty for `stillsays.key` beside the store";
    "ledger.timestamp_url" = r#""""#, "the address of an RFC 3161 authority that time-stamps each checkpoint; empty for none";
    "ledger.timestamp_roots" = r#""""#, "a PEM file with certificates of trusted time-stamp authorities; empty for trusting any";
    "retention.thin" = "[]", "rules for `prune`, each `AGE: PERIOD`: of the captures of an address older than AGE (`90d`), keep one in each PERIOD (`1w`); empty to keep all";
    "retention.latest" = "10", "how many of the latest captures of an address to keep at any age; the first capture, and those that a finding or review cites, are always kept";
    "retention.changes" = r#""text""#, "which changes to keep at any age: `text` (captures whose visible text changed), `bytes` (every change), `nothing`";
    "fleet.database" = r#""""#, "the database that a fleet shares: `postgresql://USER@HOST/DATABASE`, or the path of a file for processes of one machine; needs a build with the Cargo feature `fleet` (docs/fleet.md)";
    "fleet.password" = r#""""#, "the file with the password for it; empty for the systemd credential `fleet-database`, or none";
    "fleet.depot" = r#""""#, "where fetchers put what they bring: a folder, or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`";
    "fleet.credentials" = r#""""#, "the file with the key for the bucket, `ACCESS:SECRET`; empty for the systemd credential `fleet-depot`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    "fleet.roots" = r#""""#, "a PEM file with certificates of additional authorities trusted for both; empty for none";
    "fleet.archive" = r#""""#, "the name of this archive in the fleet; each archive needs its own";
    "fleet.worker" = r#""""#, "the name of this fetcher; empty for one made from the host and the process";
    "fleet.lease" = r#""2m""#, "after how long without a sign of a fetcher another one gets its pages";
    "fleet.address_delay" = r#""0s""#, "the least time between two requests to one address, whatever the names of its hosts, in addition to `fetch.delay`; use the same for all fetchers; 0s for no such limit";
}

/// The values of all settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The archive: one SQLite file.
    pub store: PathBuf,
    /// The folder of the profiles.
    pub profiles: PathBuf,
    /// The name to record with reviews; empty for the name of the account.
    pub reviewer: String,
    /// A file with words to add to those that pages and articles are read with; empty for none.
    pub words: PathBuf,
    /// How `serve` shows the archive.
    pub serve: ServeSettings,
    /// Articles that are imported from a wiki.
    pub wiki: WikiSettings,
    /// When pages are visited.
    pub schedule: ScheduleSettings,
    /// When bad visits of a page count.
    pub alert: AlertSettings,
    /// What may be cited in place of a page.
    pub cite: CiteSettings,
    /// Which other archives are asked for copies, and how.
    pub archives: ArchivesSettings,
    /// What is pushed to other archives.
    pub push: PushSettings,
    /// How pages are visited.
    pub fetch: FetchSettings,
    /// The ledger.
    pub ledger: LedgerSettings,
    /// Which old captures are kept.
    pub retention: RetentionSettings,
    /// What a fleet shares.
    pub fleet: FleetSettings,
}

/// `[wiki]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WikiSettings {
    /// Hosts whose articles are imported through [`Self::rest`].
    pub hosts: Vec<String>,
    /// The address of an article's HTML, with `{origin}` and `{title}` for the article's own.
    pub rest: String,
}

/// The ledger.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// The file with the key; empty for one beside the store.
    pub key: PathBuf,
    /// The time-stamp authority; empty for none.
    pub timestamp_url: String,
    /// The certificates of trusted authorities; empty for none.
    pub timestamp_roots: PathBuf,
}

/// What may be cited in place of a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiteSettings {
    /// The public address of the replay; empty for none.
    pub public_replay: String,
}

/// Which other archives are asked for copies, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivesSettings {
    /// The archives.
    #[serde(deserialize_with = "super::read::archives")]
    pub sources: Vec<Archive>,
    /// The keys, each with the name of its archive.
    #[serde(deserialize_with = "super::read::keys")]
    pub keys: Vec<(String, SecretRef)>,
    /// Whether `run` asks them by itself.
    pub auto: bool,
    /// How far from the access date a copy counts as near.
    #[serde(deserialize_with = "super::read::interval")]
    pub window: TimeDelta,
    /// The most requests for an index, each minute.
    pub index_per_minute: u32,
    /// The most requests for copies, each minute.
    pub mementos_per_minute: u32,
    /// The longest time to wait for one.
    #[serde(deserialize_with = "super::read::interval")]
    pub max_wait: TimeDelta,
    /// How long an index is not asked again about a page.
    #[serde(deserialize_with = "super::read::interval")]
    pub again: TimeDelta,
    /// The most time that a run spends on it.
    #[serde(deserialize_with = "super::read::interval")]
    pub time: TimeDelta,
    /// The address of the interface of Perma.cc.
    pub perma: String,
}

/// What is pushed to other archives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushSettings {
    /// The archives, by address.
    pub archives: Vec<String>,
    /// The file with the keys; empty for the credential.
    pub keys: PathBuf,
    /// What makes `run` queue a page.
    pub when: Vec<PushWhen>,
}

/// What makes `run` queue a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushWhen {
    /// Its first visit.
    First,
    /// Another payload.
    Change,
    /// Its reference is no longer there as cited.
    Stale,
}

/// How `serve` shows the archive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    /// The address for reports.
    #[serde(deserialize_with = "super::read::socket")]
    pub listen: SocketAddr,
    /// The address for archived pages.
    #[serde(deserialize_with = "super::read::socket")]
    pub replay: SocketAddr,
    /// Host names to answer to, besides `localhost` and the own addresses.
    pub hosts: Vec<String>,
    /// The most open connections on each of the two.
    pub connections: usize,
    /// The public address of the site; empty for none.
    #[serde(deserialize_with = "super::origin::origin")]
    pub url: String,
    /// The public address of archived pages; empty for none.
    #[serde(deserialize_with = "super::origin::origin")]
    pub replay_url: String,
    /// The proxies whose headers are believed.
    #[serde(deserialize_with = "super::read::ranges")]
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they name an account; empty for none.
    pub user_header: String,
    /// The file with the accounts; empty for one beside the store.
    pub accounts: PathBuf,
    /// How long a session lasts without a request.
    #[serde(deserialize_with = "super::read::interval")]
    pub session_idle: TimeDelta,
    /// How long a session lasts at most.
    #[serde(deserialize_with = "super::read::interval")]
    pub session_max: TimeDelta,
    /// The longest time that clients can take.
    #[serde(deserialize_with = "super::read::interval")]
    pub patience: TimeDelta,
}

/// Which old captures are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// The rules; without a rule, nothing is removed.
    #[serde(deserialize_with = "super::read::thinnings")]
    pub thin: Vec<Thinning>,
    /// How many of the latest captures of an address are kept.
    pub latest: usize,
    /// The changes that are kept.
    pub changes: Changes,
}

/// When pages are visited.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    /// How often, unless a profile or reference says.
    #[serde(deserialize_with = "super::read::cadence")]
    pub every: Cadence,
    /// The shortest interval of `auto`.
    #[serde(deserialize_with = "super::read::interval")]
    pub min: TimeDelta,
    /// The longest.
    #[serde(deserialize_with = "super::read::interval")]
    pub max: TimeDelta,
    /// How soon after a failed visit.
    #[serde(deserialize_with = "super::read::interval")]
    pub retry: TimeDelta,
    /// After how many visits a request is unconditional; 0 for never.
    pub unconditional: u32,
}

/// When bad visits of a page count.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertSettings {
    /// The least number of bad visits in a row.
    pub visits: u64,
    /// The least time from the first of them to the last.
    #[serde(deserialize_with = "super::read::interval")]
    pub span: TimeDelta,
}

impl AlertSettings {
    /// The same, as the comparison needs it.
    #[must_use]
    pub fn alert(&self) -> Alert {
        Alert {
            visits: self.visits,
            span: self.span,
        }
    }
}

/// How pages are visited.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchSettings {
    /// Where the owner of a site can reach the operator.
    pub contact: String,
    /// The complete User-Agent, or empty.
    pub user_agent: String,
    /// How many hosts at the same time.
    pub jobs: usize,
    /// The least time between two requests to one host.
    #[serde(deserialize_with = "super::read::interval")]
    pub delay: TimeDelta,
    /// The longest Crawl-delay that is respected.
    #[serde(deserialize_with = "super::read::interval")]
    pub crawl_delay_cap: TimeDelta,
    /// The longest time that a run waits for a host.
    #[serde(deserialize_with = "super::read::interval")]
    pub max_wait: TimeDelta,
    /// How often one run requests a page.
    pub tries: u32,
    /// The first pause after a temporary failure.
    #[serde(deserialize_with = "super::read::interval")]
    pub backoff: TimeDelta,
    /// The first pause after a host has blocked.
    #[serde(deserialize_with = "super::read::interval")]
    pub block_backoff: TimeDelta,
    /// The longest pause.
    #[serde(deserialize_with = "super::read::interval")]
    pub max_backoff: TimeDelta,
    /// The longest time for a connection.
    #[serde(deserialize_with = "super::read::interval")]
    pub connect_timeout: TimeDelta,
    /// The longest time for the head of a response.
    #[serde(deserialize_with = "super::read::interval")]
    pub response_timeout: TimeDelta,
    /// The longest time for an exchange.
    #[serde(deserialize_with = "super::read::interval")]
    pub total_timeout: TimeDelta,
    /// The least bytes per second.
    pub min_rate: u64,
    /// The time over which that rate is averaged.
    #[serde(deserialize_with = "super::read::interval")]
    pub rate_window: TimeDelta,
    /// How long an exchange can continue when the run is stopped.
    #[serde(deserialize_with = "super::read::interval")]
    pub grace: TimeDelta,
    /// The longest body, in bytes.
    #[serde(deserialize_with = "super::read::size")]
    pub max_bytes: u64,
    /// The longest body after decoding, in bytes.
    #[serde(deserialize_with = "super::read::size")]
    pub max_decoded_bytes: u64,
    /// The most redirects to follow.
    pub max_redirects: usize,
    /// The most additional pages of a list to visit.
    pub pages: usize,
    /// Ranges to allow although they are private or reserved.
    #[serde(deserialize_with = "super::read::ranges")]
    pub allow: Vec<IpNet>,
    /// Ranges to refuse.
    #[serde(deserialize_with = "super::read::ranges")]
    pub deny: Vec<IpNet>,
    /// Ports to refuse, besides the built-in ones.
    #[serde(deserialize_with = "super::read::ports")]
    pub denied_ports: Vec<u16>,
    /// How long the rules of a robots.txt are used.
    #[serde(deserialize_with = "super::read::interval")]
    pub robots_age: TimeDelta,
    /// How soon a robots.txt that could not be fetched is requested again.
    #[serde(deserialize_with = "super::read::interval")]
    pub robots_retry: TimeDelta,
    /// The proxy; empty for that of the environment, `none` for none. It can contain a password.
    pub proxy: String,
    /// Hosts to visit without the proxy.
    pub no_proxy: Vec<String>,
    /// The Accept-Language; empty for none.
    pub accept_language: String,
    /// Additional request header fields.
    #[serde(deserialize_with = "super::read::headers")]
    pub headers: Vec<Header>,
    /// A PEM file with additional authorities; empty for none.
    pub roots: PathBuf,
    /// Whether to archive pages of hosts with an invalid certificate.
    pub untrusted: bool,
}
