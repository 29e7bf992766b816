//! Single requests to a service, such as another archive: with the manners of a visit (guard, robots.txt, `Crawl-delay`, one request
//! at a time), without redirects, cookies and second attempts. The caller decides what an answer means.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::{Semaphore, watch};

use super::{
    Crawl, Options,
    ask::{Hindrance, PutOff, not_asked},
    dial, lane,
};
use crate::{
    capture::{Capture, FailureKind},
    clock::Clock,
    host::{HostState, Origin},
    uri::TargetUri,
};

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Header fields beside `Host`, `User-Agent` and `Accept-Encoding`.
    pub fields: Vec<(&'static str, String)>,
    /// The form that is posted; without one, it is a GET.
    pub form: Option<String>,
}

/// Sends single requests, over connections that stay open.
#[derive(Debug)]
pub struct Caller {
    crawl: Crawl,
}

impl Caller {
    /// A caller that knows the state of the hosts from earlier runs.
    #[must_use]
    pub fn new(
        hosts: HashMap<Origin, HostState>,
        options: Arc<Options>,
        clock: Clock,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let hosts = hosts.into_iter().map(|(origin, state)| {
            // What a service is left alone for, its caller keeps.
            let state = HostState {
                next_allowed: None,
                ..state
            };
            (origin, state)
        });
        Self {
            crawl: Crawl {
                dialer: dial::Dialer::new(Arc::clone(&options)),
                lanes: lane::Lanes::new(hosts.collect(), clock.now()),
                slots: Semaphore::new(options.jobs.max(1)),
                options,
                clock,
                stop,
            },
        }
    }

    /// Sends a request when it is the turn of the host, and returns the answer, with the state of the host to be stored: above all
    /// its robots.txt. The request in the capture has no fields with secrets in it.
    pub async fn call(&self, uri: &TargetUri, request: &Request) -> (Capture, (Origin, HostState)) {
        let crawl = &self.crawl;
        let origin = Origin::of(uri);
        let lane = crawl.lanes.of(uri);
        let mut lane = lane.lock().await;
        crawl.lanes.recall(&origin, &mut lane);
        let refused = |kind, detail| not_asked(uri, crawl.clock.now(), kind, detail);
        let capture = match crawl.ask_robots(&mut lane, &origin, uri).await {
            Err(Hindrance::Capture(capture)) => *capture,
            Err(Hindrance::PutOff(PutOff::Stop)) => {
                refused(FailureKind::Stopped, "the run was stopped".to_owned())
            }
            Err(Hindrance::PutOff(PutOff::Backoff(detail))) => {
                refused(FailureKind::HostBackoff, detail)
            }
            Ok(_) => {
                let turn = crawl.lanes.turn_of(uri);
                let mut turn = turn.lock().await;
                let pause = lane::pause(&crawl.options, lane.known(&origin).robots.as_deref());
                match crawl.wait_for_turn(&mut turn, true, (uri, pause)).await {
                    Err(PutOff::Stop) => {
                        refused(FailureKind::Stopped, "the run was stopped".to_owned())
                    }
                    Err(PutOff::Backoff(detail)) => refused(FailureKind::HostBackoff, detail),
                    Ok(()) => {
                        let sent = request.bytes(uri, &crawl.options);
                        let capture = crawl.exchange_in(&mut turn, &origin, uri, &sent).await;
                        let known = lane.known(&origin);
                        turn.put_off(pause, None);
                        crawl.tell_asked(uri, &turn).await;
                        known.state.requests += 1;
                        known.state.last_request = Some(capture.ended);
                        Capture {
                            request: Vec::new(),
                            ..capture
                        }
                    }
                }
            }
        };
        let state = lane.known(&origin).state.clone();
        (capture, (origin, state))
    }
}

impl Request {
    /// The request, byte for byte.
    fn bytes(&self, uri: &TargetUri, options: &Options) -> Vec<u8> {
        let host = match uri.as_url().port() {
            Some(port) => format!("{}:{port}", uri.host()),
            None => uri.host().to_owned(),
        };
        let target = match options.proxies.for_uri(uri) {
            Some(_) if !uri.is_https() => uri.as_str().to_owned(),
            _ => uri.path_and_query(),
        };
        let method = if self.form.is_some() { "POST" } else { "GET" };
        let mut fields = vec![
            ("Host", host),
            ("User-Agent", options.user_agent.clone()),
            ("Accept-Encoding", "identity".to_owned()),
        ];
        fields.extend(self.fields.iter().cloned());
        if let Some(form) = &self.form {
            let length = form.len().to_string();
            fields.push((
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            ));
            fields.push(("Content-Length", length));
        }
        let mut head = format!("{method} {target} HTTP/1.1\r\n");
        for (name, value) in fields {
            let value: String = value
                .chars()
                .filter(|letter| !letter.is_control())
                .collect();
            head.push_str(name);
            head.push_str(": ");
            head.push_str(&value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        head.push_str(self.form.as_deref().unwrap_or_default());
        head.into_bytes()
    }
}
