//! A message as an HTTP request, which another module sends; and the meaning of the answer.

use std::fmt;

use chrono::TimeDelta;
use serde_json::Value;

use super::{Outcome, Secret, outcome::GONE, plain::clean};

/// An HTTP request with a message. Its address and fields may contain secrets, so they are not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Whether it is a PUT; else it is a POST.
    pub is_put: bool,
    /// The address.
    pub url: Secret,
    /// The header fields beside `Content-Type: application/json`.
    pub fields: Vec<(&'static str, Secret)>,
    /// The body: JSON.
    pub body: String,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The time in `Retry-After`.
    pub retry_after: Option<TimeDelta>,
    /// The beginning of the body.
    pub body: String,
}

impl Post {
    /// A POST of JSON to `url`.
    pub(super) fn json(url: Secret, body: String) -> Self {
        Self {
            is_put: false,
            url,
            fields: Vec::new(),
            body,
        }
    }

    /// The same with a bearer token.
    pub(super) fn bearing(mut self, token: Option<&Secret>) -> Self {
        let token = token.map(|token| Secret::of(format!("Bearer {}", token.reveal())));
        self.fields
            .extend(token.map(|token| ("Authorization", token)));
        self
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Post")
            .field("is_put", &self.is_put)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The outcome that it means. A redirect is a failure: it is not followed.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let said = clean(&self.body, 200);
        let why = match said.as_str() {
            "" => format!("status {}", self.status),
            said => format!("status {}: {said}", self.status),
        };
        match self.status {
            200..=299 => Outcome::Sent,
            // Standard Webhooks: the receiver wants no more messages.
            410 => Outcome::Refused {
                why: why.replacen("status 410", GONE, 1),
            },
            _ => Outcome::Later {
                why,
                after: self.retry_after.or_else(|| self.asked_in_body()),
            },
        }
    }

    /// The pause that Matrix and Discord give in the body.
    fn asked_in_body(&self) -> Option<TimeDelta> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        let matrix = body.get("retry_after_ms").and_then(Value::as_i64);
        let discord = body.get("retry_after").and_then(Value::as_f64);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a pause of that many milliseconds is capped where it is used"
        )]
        let milliseconds = matrix.or_else(|| discord.map(|it| (it * 1000.0) as i64))?;
        TimeDelta::try_milliseconds(milliseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_for_what_it_means() {
        let answer = |status, body: &str| Answer {
            status,
            retry_after: None,
            body: body.to_owned(),
        };
        assert_eq!(answer(204, "").outcome(), Outcome::Sent);
        let gone = answer(410, "moved away").outcome();
        assert!(matches!(gone, Outcome::Refused { why } if why == "410 Gone: moved away"));
        for status in [301, 400, 404, 429, 500] {
            let outcome = answer(status, "no\u{1b}[31m").outcome();
            let Outcome::Later { why, after: None } = outcome else {
                panic!("{outcome:?}");
            };
            assert_eq!(why, format!("status {status}: no [31m"));
        }
        let matrix = answer(
            429,
            r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}"#,
        );
        let discord = answer(429, r#"{"retry_after": 2.5}"#);
        for answer in [matrix, discord] {
            let Outcome::Later { after, .. } = answer.outcome() else {
                panic!("{answer:?}");
            };
            assert_eq!(after, Some(TimeDelta::milliseconds(2500)));
        }
    }

    #[test]
    fn a_request_is_not_printed_with_its_secrets() {
        let url = Secret::of("https://hooks.example/T0/hunter2");
        let post = Post::json(url, "{}".into()).bearing(Some(&Secret::of("hunter2")));
        assert!(!format!("{post:?}").contains("hunter2"));
        assert_eq!(post.fields[0].1.reveal(), "Bearer hunter2");
    }
}
