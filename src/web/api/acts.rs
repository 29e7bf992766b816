//! Decisions, mutes and edits that are done, by POST: each in one transaction, all or none.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answers::{body, json, none, part},
    deeds::{Decided as Recorded, Done},
    once::tag,
};
use crate::{
    desk::Numbered,
    finding::{
        BATCH, Decided, Decision, FindingId, Mistake, Mute, Muted, Objection, Outcome, Review,
        Terms, Via, batch_name,
    },
    web::{Answer, Origins, Request, Web, problem::Problem, room::Now},
};

/// The most findings that are decided together.
const MOST: usize = 1_000;

/// The longest note, in characters.
const NOTE: usize = 10_000;

/// A decision about findings.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    /// The ids of the findings.
    #[schema(min_items = 1, max_items = 1000)]
    findings: Vec<String>,
    decision: Decision,
    /// Of `accept`: what becomes of the article.
    #[serde(default)]
    outcome: Option<Outcome>,
    /// Of `reject`: what is wrong with the findings.
    #[serde(default)]
    reason: Option<Mistake>,
    /// Of `later`: the day on which they are asked about again.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_length = 10000)]
    note: Option<String>,
    /// For each finding, the number of the latest review of it that was shown; `null` or absent for none. If there is a later one by
    /// somebody else, nothing is decided.
    #[serde(default)]
    seen: BTreeMap<String, Option<i64>>,
}

/// Why something is done.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Noted {
    #[serde(default)]
    #[schema(max_length = 10000)]
    note: Option<String>,
}

/// What is not asked about any more, or is again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Muting {
    profile: String,
    claim: String,
    kind: Muted,
    /// `false` takes a mute back.
    #[serde(default = "yes")]
    muted: bool,
    #[serde(default)]
    #[schema(max_length = 10000)]
    note: Option<String>,
}

fn yes() -> bool {
    true
}

/// What is muted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MutedNow {
    profile: String,
    claim: String,
    muted: bool,
}

/// Decides about findings: all of them or none.
#[utoipa::path(post, path = "/api/v1/decisions", tag = "decisions", request_body = Decide,
    params(("Idempotency-Key" = Option<String>, Header, description = "With the same key, the same request is answered once")),
    responses((status = 200, body = Done), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn decide(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let asked: Decide = body(request)?;
    let terms = Terms {
        outcome: asked.outcome,
        mistake: asked.reason,
        until: asked.until,
        ..Terms::default()
    };
    if asked.findings.is_empty() || asked.findings.len() > MOST {
        let detail = format!("Name 1 to {MOST} findings.");
        return Err(Problem::new("unprocessable", &detail).at("/findings", &detail));
    }
    let mut all: Vec<(FindingId, i64)> = Vec::new();
    for id in &asked.findings {
        let seen = asked.seen.get(id).copied().flatten().unwrap_or_default();
        if !all.iter().any(|seen| seen.0.0 == *id) {
            all.push((FindingId(id.clone()), seen));
        }
    }
    let acting = Acting {
        decision: Some(asked.decision),
        terms,
        note: noted(asked.note)?,
    };
    acting.keep(web, request, &all)
}

/// Takes back a decision, by its number or by the name of its batch; the one before counts again.
#[utoipa::path(post, path = "/api/v1/decisions/{decision}/undo", tag = "decisions", request_body = Noted,
    params(("decision" = String, Path, description = "The number of the decision, or `batch-…`")),
    responses((status = 200, body = Done), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn undo(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let asked: Noted = body(request)?;
    let meant = part(request, 1);
    let number: Option<i64> = meant.parse().ok();
    let now = web.now()?;
    let is_meant = |review: &&Numbered| {
        let of_batch =
            meant.starts_with(BATCH) && review.review.terms.batch.as_ref() == Some(&meant);
        of_batch || Some(review.number) == number
    };
    let all: Vec<(FindingId, i64)> = now
        .reviews
        .iter()
        .filter(|review| review.review.decision.is_some())
        .filter(is_meant)
        .map(|review| (review.review.finding.clone(), review.number))
        .collect();
    if all.is_empty() {
        return Err(none("There is no decision of that number."));
    }
    let acting = Acting {
        decision: None,
        terms: Terms::default(),
        note: noted(asked.note)?,
    };
    acting.keep(web, request, &all)
}

/// Marks an edit as done: the article says so now.
#[utoipa::path(post, path = "/api/v1/edits/{edit}/done", tag = "decisions", request_body = Noted,
    params(("edit" = String, Path, description = "The id of the edit")),
    responses((status = 200, body = Done), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn done(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let asked: Noted = body(request)?;
    let edit = part(request, 1);
    let id = FindingId(edit.strip_prefix('e').unwrap_or_default().to_owned());
    let now = web.now()?;
    let item = now.desk.item(&id);
    let item = item.filter(|item| item.state == crate::desk::State::ToEdit);
    let item = item.ok_or_else(|| none("There is no edit of that id that waits."))?;
    let acting = Acting {
        decision: Some(Decision::Accept),
        terms: Terms {
            outcome: Some(Outcome::Done),
            ..Terms::default()
        },
        note: noted(asked.note)?,
    };
    acting.keep(web, request, &[(id, item.seen)])
}

/// Stops asking about new names of a list, or asks again.
#[utoipa::path(post, path = "/api/v1/mutes", tag = "decisions", request_body = Muting,
    responses((status = 200, body = MutedNow), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn mute(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let asked: Muting = body(request)?;
    let now = web.now()?;
    let named = now.profile(&asked.profile);
    let claims = named
        .map(|entry| entry.profile.claims.as_slice())
        .unwrap_or_default();
    if !claims.iter().any(|claim| claim.id == asked.claim) {
        return Err(none("There is no claim of that id."));
    }
    let mute = Mute {
        profile: asked.profile.clone(),
        claim: asked.claim.clone(),
        kind: asked.kind,
        muted: asked.muted,
        at: web.options.clock.now(),
        by: request.visitor().name,
        note: noted(asked.note)?,
    };
    web.deciding.mute(&web.options, &mute)?;
    let muted = MutedNow {
        profile: asked.profile,
        claim: asked.claim,
        muted: asked.muted,
    };
    json(request, &muted)
}

/// What is decided about each of several findings.
struct Acting {
    decision: Option<Decision>,
    terms: Terms,
    note: Option<String>,
}

impl Acting {
    /// Keeps the decisions, all or none. With each finding, the number of the latest review that was seen.
    fn keep(
        mut self,
        web: &Web,
        request: &Request,
        all: &[(FindingId, i64)],
    ) -> Result<Answer, Problem> {
        let now = web.now()?;
        let at = web.options.clock.now();
        self.terms.via = Some(Via::Api);
        self.terms.request = tag(request);
        if all.len() > 1 {
            self.terms.batch = Some(batch_name(at, all.iter().map(|seen| &seen.0)));
        }
        let by = request.visitor().name;
        let mut decided = Vec::new();
        for (place, (id, seen)) in all.iter().enumerate() {
            let about = match now.desk.item(id) {
                Some(item) => Some(item.finding().clone()),
                None => web.options.store.reviewed(id)?,
            };
            let about = about.ok_or_else(|| {
                none("There is no finding of that id.").at(&format!("/findings/{place}"), &id.0)
            })?;
            let review = Review {
                finding: id.clone(),
                decision: self.decision,
                at,
                by: by.clone(),
                note: self.note.clone(),
                terms: self.terms.clone(),
            };
            decided.push((Decided { review, about }, *seen));
        }
        self.fits()?;
        let objections = web.deciding.keep(&web.options, &decided)?;
        if objections.iter().any(Option::is_some) {
            return Err(refused(all, &objections));
        }
        let after = web.now()?;
        json(request, &self.done(&after, all))
    }

    /// Whether what is said belongs to the decision.
    fn fits(&self) -> Result<(), Problem> {
        let wrong = |field: &str, of: &str| {
            let detail = format!("`{field}` belongs to `{of}`.");
            Problem::new("unprocessable", &detail).at(&format!("/{field}"), &detail)
        };
        match self.decision {
            decision if self.terms.outcome.is_some() && decision != Some(Decision::Accept) => {
                Err(wrong("outcome", "accept"))
            }
            decision if self.terms.mistake.is_some() && decision != Some(Decision::Reject) => {
                Err(wrong("reason", "reject"))
            }
            decision if self.terms.until.is_some() && decision != Some(Decision::Later) => {
                Err(wrong("until", "later"))
            }
            _ => Ok(()),
        }
    }

    fn done(&self, after: &Now, all: &[(FindingId, i64)]) -> Done {
        let recorded = all.iter().filter_map(|(id, _)| {
            let latest = after
                .reviews
                .iter()
                .rev()
                .find(|numbered| numbered.review.finding == *id)?;
            Some(Recorded::of(latest.number, &latest.review))
        });
        Done {
            decided: recorded.collect(),
            batch: self.terms.batch.clone(),
            due: after.desk.counts().due(),
        }
    }
}

/// Why nothing was decided.
fn refused(all: &[(FindingId, i64)], objections: &[Option<Objection>]) -> Problem {
    let objected = all.iter().zip(objections);
    let objected: Vec<(&FindingId, &Objection)> = objected
        .filter_map(|(one, objection)| Some((&one.0, objection.as_ref()?)))
        .collect();
    let by_others = objected
        .iter()
        .any(|pair| matches!(pair.1, Objection::DecidedBy(_)));
    let mut problem = if by_others {
        Problem::new(
            "decided-meanwhile",
            "Somebody else has decided; nothing was saved.",
        )
        .hint("look at the finding again, and send its `seen`")
    } else {
        Problem::new(
            "unprocessable",
            "The decision does not fit; nothing was saved.",
        )
    };
    for (id, objection) in objected {
        let detail = match objection {
            Objection::DecidedBy(standing) => match (standing.mark(), standing.word()) {
                (Some(mark), Some(word)) => {
                    let note = mark
                        .note
                        .as_ref()
                        .map_or(String::new(), |note| format!(", “{note}”"));
                    format!(
                        "{} decided at {}: {word}{note}",
                        mark.by,
                        super::answers::time(mark.at)
                    )
                }
                _ => "decided by somebody else".to_owned(),
            },
            Objection::NothingToUndo => "there is no decision to take back".to_owned(),
            Objection::Unfit(_) => "this reason does not fit the finding".to_owned(),
        };
        problem = problem.at(&format!("/seen/{id}"), &detail);
    }
    problem
}

/// A note that is short enough.
fn noted(note: Option<String>) -> Result<Option<String>, Problem> {
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > NOTE)
    {
        let detail = format!("A note has at most {NOTE} characters.");
        return Err(Problem::new("unprocessable", &detail).at("/note", &detail));
    }
    Ok(note.filter(|note| !note.trim().is_empty()))
}
