//! Save Page Now (public API text of 2026-07-22): the requests, and the meaning of the responses. Errors can have status 200.

use serde_json::Value;

use crate::capture::{Capture, Outcome};

/// The result of a request to save a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// There is a job; its state must be asked for.
    Job(String),
    /// The page is archived, at that time.
    Done {
        /// The 14 digits of its address.
        timestamp: String,
        /// The address after redirects.
        original: String,
    },
    /// The job is not done yet.
    Pending,
    /// The archive refuses to save it, now and later.
    Refused {
        /// The code: `error:blocked-url`.
        code: String,
        /// The message.
        message: String,
    },
    /// It was saved often enough today, by any user.
    Enough(String),
    /// Another attempt can help.
    Later {
        /// The code or status.
        code: String,
        /// The message.
        message: String,
    },
    /// The archive no longer knows the job.
    Forgotten,
    /// The keys are missing or wrong.
    NoAccess(String),
}

/// How many pages can be saved now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Jobs that can be started now.
    pub available: u64,
    /// Pages that can be saved today.
    pub today: u64,
}

/// Codes after which another attempt can help; any other code is final, including unknown ones.
const PASSING: &[&str] = &[
    "user-session-limit",
    "celery",
    "proxy-error",
    "browsing-timeout",
    "no-browsers-available",
    "soft-time-limit-exceeded",
    "gateway-timeout",
    "bad-gateway",
    "service-unavailable",
    "cannot-fetch",
    "job-failed",
    "too-many-requests",
    "capture-location-error",
    "internal-server-error",
];

/// The form that asks to save a page, unless any user saved it in the past day.
#[must_use]
pub fn save_form(page: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("url", page);
    form.append_pair("skip_first_archive", "1");
    form.append_pair("js_behavior_timeout", "0");
    form.finish()
}

/// The value of the `Authorization` field, from the keys `ACCESS:SECRET`.
#[must_use]
pub fn authorization(keys: &str) -> String {
    format!("LOW {}", keys.trim())
}

/// The meaning of the response to a request to save a page, or for the state of its job.
#[must_use]
pub fn saved(capture: &Capture) -> Saved {
    let later = |code: &str, message: &str| Saved::Later {
        code: code.to_owned(),
        message: message.to_owned(),
    };
    let response = match &capture.outcome {
        Outcome::Response(response) => response,
        Outcome::Revisit(_) => return later("no-body", "the answer has no body"),
        Outcome::Failure(failure) => return later("no-answer", &failure.detail),
    };
    let status = capture.status().unwrap_or_default();
    let json: Value = serde_json::from_slice(&response.payload).unwrap_or_default();
    let text = |key: &str| json.get(key).and_then(Value::as_str);
    let message = text("message")
        .or_else(|| text("exception"))
        .unwrap_or_default();
    if let Some(code) = text("status_ext") {
        return of_code(code, message);
    }
    match status {
        401 => return Saved::NoAccess(message.to_owned()),
        429 => return later("too-many-requests", "the archive asked to wait"),
        500..=599 => {
            return later(
                &status.to_string(),
                "the archive did not answer the request",
            );
        }
        _ => {}
    }
    match (text("status"), text("job_id")) {
        (Some("success"), _) => match (text("timestamp"), text("original_url")) {
            (Some(timestamp), Some(original)) if timestamp.len() == 14 => Saved::Done {
                timestamp: timestamp.to_owned(),
                original: original.to_owned(),
            },
            _ => later(
                "no-address",
                "it says that the page is saved, but not where",
            ),
        },
        (Some("pending"), _) => Saved::Pending,
        (Some("error"), _) => of_code(text("status_ext").unwrap_or("error:unknown"), message),
        (_, Some(job)) if !job.is_empty() => Saved::Job(job.to_owned()),
        _ if status == 404 => Saved::Forgotten,
        _ => later(
            &format!("status {status}"),
            "the answer is not in a known form",
        ),
    }
}

fn of_code(code: &str, message: &str) -> Saved {
    let bare = code.trim_start_matches("error:");
    match bare {
        "too-many-daily-captures" => Saved::Enough(message.to_owned()),
        "job-not-found" => Saved::Forgotten,
        _ if PASSING.contains(&bare) => Saved::Later {
            code: bare.to_owned(),
            message: message.to_owned(),
        },
        _ => Saved::Refused {
            code: bare.to_owned(),
            message: message.to_owned(),
        },
    }
}

/// How many pages can be saved now, according to `/save/status/user`; `None` if the response does not say.
#[must_use]
pub fn room(capture: &Capture) -> Option<Room> {
    let Outcome::Response(response) = &capture.outcome else {
        return None;
    };
    let json: Value = serde_json::from_slice(&response.payload).ok()?;
    let number = |key: &str| json.get(key).and_then(Value::as_u64);
    let limit = number("daily_captures_limit")?;
    Some(Room {
        available: number("available")?,
        today: limit.saturating_sub(number("daily_captures").unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capture::{Framing, Response},
        clock::parse_digits14,
    };

    fn answer(status: u16, body: &str) -> Capture {
        let at = parse_digits14("2026").unwrap();
        Capture {
            target_uri: "https://web.archive.org/save".parse().unwrap(),
            date: at,
            ended: at,
            connection: None,
            request: Vec::new(),
            source: None,
            outcome: Outcome::Response(Response {
                head: format!("HTTP/1.1 {status} X\r\n\r\n").into_bytes(),
                payload: body.as_bytes().to_vec(),
                framing: Framing::Identity,
                truncated: None,
            }),
        }
    }

    fn kind(status: u16, body: &str) -> &'static str {
        match saved(&answer(status, body)) {
            Saved::Job(_) => "job",
            Saved::Done { .. } => "done",
            Saved::Pending => "pending",
            Saved::Refused { .. } => "refused",
            Saved::Enough(_) => "enough",
            Saved::Later { .. } => "later",
            Saved::Forgotten => "forgotten",
            Saved::NoAccess(_) => "no access",
        }
    }

    #[test]
    fn responses_are_judged_by_content_not_by_status() {
        for (status, body, expected) in [
            (
                200,
                r#"{"url":"https://a.example/","job_id":"spn2-0011"}"#,
                "job",
            ),
            (
                200,
                r#"{"url":"https://a.example/","job_id":"no uuid","message":"The same snapshot had been made 2 minutes ago."}"#,
                "job",
            ),
            (
                200,
                r#"{"status":"pending","job_id":"spn2-0011","resources":[]}"#,
                "pending",
            ),
            (
                200,
                r#"{"status":"success","timestamp":"20260827142259","original_url":"https://a.example/","http_status":200}"#,
                "done",
            ),
            (200, r#"{"status":"success"}"#, "later"),
            (
                200,
                r#"{"status":"error","status_ext":"error:too-many-daily-captures","message":"already captured 5 times today"}"#,
                "enough",
            ),
            (
                200,
                r#"{"status":"error","status_ext":"error:invalid-host-resolution","exception":"..."}"#,
                "refused",
            ),
            (
                200,
                r#"{"status":"error","status_ext":"error:blocked-url"}"#,
                "refused",
            ),
            (
                200,
                r#"{"status":"error","status_ext":"error:something-new"}"#,
                "refused",
            ),
            (200, r#"{"status":"error"}"#, "refused"),
            (
                200,
                r#"{"status":"error","status_ext":"error:user-session-limit"}"#,
                "later",
            ),
            (
                200,
                r#"{"status":"error","status_ext":"error:too-many-requests"}"#,
                "later",
            ),
            (
                401,
                r#"{"message":"You need to be logged in to use Save Page Now."}"#,
                "no access",
            ),
            (
                404,
                r#"{"status":"error","status_ext":"error:job-not-found"}"#,
                "forgotten",
            ),
            (404, "", "forgotten"),
            (429, "<h1>Too Many Requests</h1>", "later"),
            (502, "<h1>Bad Gateway</h1>", "later"),
            (200, "<html>", "later"),
        ] {
            assert_eq!(kind(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn the_room_is_what_the_archive_says() {
        let of = |body| room(&answer(200, body));
        assert_eq!(
            of(
                r#"{"processing":0,"available":3,"daily_captures":29990,"daily_captures_limit":30000}"#
            ),
            Some(Room {
                available: 3,
                today: 10
            })
        );
        assert_eq!(of(r#"{"message":"You need to be logged in"}"#), None);
    }

    #[test]
    fn the_form_asks_for_one_page_and_nothing_that_it_links_to() {
        let form = save_form("https://a.example/?b=c&d");
        assert_eq!(
            form,
            "url=https%3A%2F%2Fa.example%2F%3Fb%3Dc%26d&skip_first_archive=1&js_behavior_timeout=0"
        );
    }
}
