//! One request and its response over a connection, with limits on time and size.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use super::{
    Options,
    dial::Link,
    wire::{Incoming, Limits, Received},
};
use crate::capture::{FailureKind, Truncation};

/// Why there is no response.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The kind of failure.
    pub(super) kind: FailureKind,
    /// What happened, in words.
    pub(super) detail: String,
    /// The bytes received so far.
    pub(super) received: Vec<u8>,
}

/// The most bytes to keep of a response without a head.
const MOST_RECEIVED: usize = 64 << 10;

/// Sends `request` and receives the response.
///
/// # Errors
/// [`Trouble`] if no head was received; an incomplete body is not an error.
pub(super) async fn exchange(
    link: &mut Link,
    request: &[u8],
    options: &Options,
    stop: &watch::Receiver<bool>,
) -> Result<Received, Trouble> {
    let mut incoming = Incoming::new(Limits {
        head: options.max_head,
        fields: options.max_fields,
        body: options.max_body,
    });
    let end = tokio::select! {
        end = carry(link, request, options, &mut incoming) => end,
        () = grace_over(stop.clone(), options.grace) => End::Stopped,
    };
    if let End::Whole = end {
        return Ok(incoming.finish(None));
    }
    if let End::Malformed(why) = end {
        return Err(trouble(FailureKind::Malformed, why, incoming));
    }
    if incoming.has_head() {
        let cut = match end {
            End::Closed(None) => {
                // The end of the connection is the end of a body without any other end (RFC 9112, 6.3).
                return Ok(incoming.close());
            }
            End::Closed(Some(_)) => Truncation::Disconnect,
            End::Stopped => Truncation::Unspecified,
            _ => Truncation::Time,
        };
        return Ok(incoming.finish(Some(cut)));
    }
    let (kind, detail) = match end {
        End::Closed(why) => {
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            let detail = format!("the connection ended before the head was complete{why}");
            (FailureKind::Disconnect, detail)
        }
        End::Stopped => (
            FailureKind::Stopped,
            "the run was stopped before the head was complete".to_owned(),
        ),
        _ => {
            let within = options.response_timeout.min(options.total_timeout);
            let detail = format!("the head was not complete after {within:?}");
            (FailureKind::ResponseTimeout, detail)
        }
    };
    Err(trouble(kind, detail, incoming))
}

fn trouble(kind: FailureKind, detail: String, incoming: Incoming) -> Trouble {
    let mut received = incoming.into_fragment();
    received.truncate(MOST_RECEIVED);
    Trouble {
        kind,
        detail,
        received,
    }
}

/// Why receiving ended.
enum End {
    Whole,
    /// The connection ended, orderly or with an error.
    Closed(Option<io::Error>),
    Late,
    Malformed(String),
    Stopped,
}

async fn carry(link: &mut Link, request: &[u8], options: &Options, incoming: &mut Incoming) -> End {
    let started = Instant::now();
    let head_by = started + options.response_timeout.min(options.total_timeout);
    let whole_by = started + options.total_timeout;
    let mut pace = Pace::new(started, options);
    let mut buffer = vec![0; 32 << 10];
    tokio::select! {
        // A server can answer, or give up, without reading the whole request: if writing fails, reading says more.
        _ = send(link, request) => {}
        () = sleep_until(head_by) => return End::Late,
    }
    loop {
        let by = if incoming.has_head() {
            whole_by.min(pace.until)
        } else {
            head_by
        };
        let count = tokio::select! {
            read = link.stream.read(&mut buffer) => read,
            () = sleep_until(by) => {
                if Instant::now() < whole_by && incoming.has_head() && pace.is_kept() {
                    continue;
                }
                return End::Late;
            }
        };
        let bytes = match count {
            Ok(0) => return End::Closed(None),
            Ok(count) => buffer.get(..count).unwrap_or_default(),
            Err(error) => return End::Closed(Some(error)),
        };
        if !incoming.has_head() {
            pace = Pace::new(Instant::now(), options);
        }
        pace.bytes += bytes.len() as u64;
        if let Err(why) = incoming.feed(bytes) {
            return End::Malformed(why);
        }
        if incoming.is_done() {
            return End::Whole;
        }
        let now = Instant::now();
        if now >= whole_by || now >= pace.until && !pace.is_kept() {
            return End::Late;
        }
    }
}

async fn send(link: &mut Link, request: &[u8]) -> io::Result<()> {
    link.stream.write_all(request).await?;
    link.stream.flush().await
}

/// The rate of the body, measured window by window.
struct Pace {
    window: Duration,
    least: u64,
    until: Instant,
    bytes: u64,
}

impl Pace {
    fn new(from: Instant, options: &Options) -> Self {
        let seconds = options.rate_window.as_secs_f64();
        // Rates and windows are small numbers; fractions of a byte do not matter.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and saturating if absurd"
        )]
        let least = (options.min_rate as f64 * seconds) as u64;
        Self {
            window: options.rate_window,
            least,
            until: from + options.rate_window,
            bytes: 0,
        }
    }

    /// Whether enough bytes came in the past window; begins the next window.
    fn is_kept(&mut self) -> bool {
        let kept = self.bytes >= self.least;
        self.bytes = 0;
        self.until = Instant::now() + self.window;
        kept
    }
}

/// Resolves `grace` after the signal to stop; never without the signal.
async fn grace_over(mut stop: watch::Receiver<bool>, grace: Duration) {
    if stop.wait_for(|it| *it).await.is_err() {
        std::future::pending::<()>().await;
    }
    sleep(grace).await;
}
