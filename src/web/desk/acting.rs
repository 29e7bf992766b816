//! `POST /decide`: decisions about the findings that a form names, all or none.

use chrono::NaiveDate;

use super::{
    act_pages::{conflict, refused},
    filter::{kept, with},
    say,
};
use crate::{
    desk::Item,
    finding::{
        BATCH, Decided, Decision, Finding, FindingId, Mistake, Mute, Muted, Outcome, Review, Terms,
        Via, batch_name,
    },
    pipeline,
    selector::TextQuoteSelector,
    store::StoreError,
    text::{Folded, fold},
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        pages::refusal,
        room::Now,
    },
};

/// The most findings that are decided together.
const MOST: usize = 1_000;

/// What a button means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    /// The decision; `None` for undo.
    pub(super) decision: Option<Decision>,
    /// Its terms.
    pub(super) terms: Terms,
}

impl Act {
    /// The meaning of the value of a button: `edit`, `keep`, `done`, `wrong:same-name`, `later`, `undo`.
    pub(super) fn of(form: &Form) -> Option<Self> {
        let terms = Terms::default();
        let accept = |outcome| Self {
            decision: Some(Decision::Accept),
            terms: Terms {
                outcome: Some(outcome),
                ..Terms::default()
            },
        };
        Some(match form.first("act")? {
            "edit" => accept(Outcome::Edit),
            "keep" => accept(Outcome::Keep),
            "done" => accept(Outcome::Done),
            "later" => Self {
                decision: Some(Decision::Later),
                terms: Terms {
                    until: form
                        .first("until")
                        .and_then(|until| until.parse::<NaiveDate>().ok()),
                    ..terms
                },
            },
            "undo" => Self {
                decision: None,
                terms,
            },
            wrong => Self {
                decision: Some(Decision::Reject),
                terms: Terms {
                    mistake: Some(mistake(wrong.strip_prefix("wrong:")?)?),
                    ..terms
                },
            },
        })
    }
}

fn mistake(word: &str) -> Option<Mistake> {
    Some(match word {
        "same-name" => Mistake::SameName,
        "other-body" => Mistake::OtherBody,
        "on-page" => Mistake::OnPage,
        "bad-copy" => Mistake::BadCopy,
        "other" => Mistake::Other,
        _ => return None,
    })
}

/// Records the decisions in a form, and redirects to the next page.
pub(in crate::web) fn decide(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let form = Form::of(&request.body);
    let visitor = match request.sender(origins, &form) {
        Ok(sender) => sender,
        Err(why) => return refused(web, why, &form, (request, origins)),
    };
    let now = web.now()?;
    if let Some(to) = muted(web, &now, &form, &visitor.name)? {
        return Ok(Answer::see(&to));
    }
    let Some(act) = Act::of(&form) else {
        return Ok(refusal(400, "the form names no decision", request, origins));
    };
    let named = named(&form, &now);
    let words = form.first("words").filter(|_| named.len() == 1);
    let mut decided = Vec::new();
    for (id, seen) in named {
        let about = match now.desk.item(&id) {
            Some(item) => Some(item.finding().clone()),
            None => web.options.store.reviewed(&id)?,
        };
        let Some(about) = about else {
            return Ok(refusal(
                404,
                "there is no finding of that id",
                request,
                origins,
            ));
        };
        let mut terms = act.terms.clone();
        terms.via = Some(Via::Desk);
        terms.words = match (words, terms.mistake) {
            (Some(words), Some(Mistake::OnPage)) => Some(placed(web, &about, words)?),
            (Some(words), Some(Mistake::SameName | Mistake::OtherBody)) => Some(only(words)),
            _ => None,
        };
        let review = Review {
            finding: id,
            decision: act.decision,
            at: web.options.clock.now(),
            by: visitor.name.clone(),
            note: form.first("note").map(str::to_owned),
            terms,
        };
        decided.push((Decided { review, about }, seen));
    }
    if decided.is_empty() || decided.len() > MOST {
        let why = "choose at least one finding, and at most 1,000";
        return Ok(refusal(400, why, request, origins));
    }
    let mut done = decided
        .first()
        .map_or(String::new(), |decided| decided.0.about.id.0.clone());
    if decided.len() > 1 {
        let ids = decided.iter().map(|decided| &decided.0.about.id);
        done = batch_name(web.options.clock.now(), ids);
        for (it, _) in &mut decided {
            it.review.terms.batch = Some(done.clone());
        }
    }
    let objections = match web.deciding.keep(&web.options, &decided) {
        Err(StoreError::Busy { .. }) => return Ok(refusal(503, say::BUSY, request, origins)),
        outcome => outcome?,
    };
    if objections.iter().any(Option::is_some) {
        return conflict(web, &form, &objections, (request, origins));
    }
    let after = web.now()?;
    let first = decided.first().map(|decided| &decided.0.about.id);
    let to = next(&form, &after, first, &done);
    Ok(Answer::see(&to))
}

/// Words without what is around them.
fn only(words: &str) -> TextQuoteSelector {
    TextQuoteSelector {
        exact: words.to_owned(),
        ..TextQuoteSelector::default()
    }
}

/// The place of words in the copy that a finding rests on first, whatever their case and spacing; only the words if that copy does not
/// have them in its text.
fn placed(web: &Web, about: &Finding, words: &str) -> Result<TextQuoteSelector, StoreError> {
    let Some(evidence) = about.evidence.first() else {
        return Ok(only(words));
    };
    let store = &web.options.store;
    let entries = store.captures_of(&evidence.capture.target_uri)?;
    let entry = entries
        .iter()
        .find(|entry| entry.1.date == evidence.capture.date);
    let Some((_, entry)) = entry else {
        return Ok(only(words));
    };
    let text = pipeline::text_of(store, entry, &web.options.comparing.pdf)?;
    let folded = Folded::of(&text);
    let wanted = fold(words);
    let found = folded.as_str().find(&wanted).filter(|_| !wanted.is_empty());
    Ok(found.map_or_else(
        || only(words),
        |at| TextQuoteSelector::of(&text, folded.original(at..at + wanted.len())),
    ))
}

/// Records a mute (`mute`) or its end (`unmute`), if the form contains one; returns the next
/// page.
fn muted(web: &Web, now: &Now, form: &Form, by: &str) -> Result<Option<String>, StoreError> {
    let muted = match form.first("act") {
        Some("mute") => true,
        Some("unmute") => false,
        _ => return Ok(None),
    };
    let (profile, claim) = (form.first("of"), form.first("claim"));
    let known = profile.and_then(|profile| now.profile(profile)).zip(claim);
    let known =
        known.filter(|(named, claim)| named.profile.claims.iter().any(|it| it.id == *claim));
    if let Some((named, claim)) = known {
        let mute = Mute {
            profile: named.name.clone(),
            claim: claim.to_owned(),
            kind: Muted::NewNames,
            muted,
            at: web.options.clock.now(),
            by: by.to_owned(),
            note: form.first("note").map(str::to_owned),
        };
        web.deciding.mute(&web.options, &mute)?;
    }
    let back = form.first("back").filter(|back| is_path(back));
    Ok(Some(back.unwrap_or("/").to_owned()))
}

/// The findings that a form names, each with the number of the latest review that it showed. `batch-…` means the findings that
/// were decided together.
fn named(form: &Form, now: &Now) -> Vec<(FindingId, i64)> {
    let seen = |id: &str| {
        let known = form.all("seen").filter_map(|it| it.split_once(':'));
        let mut known = known.filter(|known| known.0 == id);
        known.find_map(|it| it.1.parse().ok()).unwrap_or_default()
    };
    let mut all: Vec<(FindingId, i64)> = Vec::new();
    for word in form.all("finding") {
        let ids: Vec<FindingId> = if word.starts_with(BATCH) {
            let reviews = now.reviews.iter().map(|review| &review.review);
            let own = reviews.filter(|review| review.terms.batch.as_deref() == Some(word));
            own.map(|it| it.finding.clone()).collect()
        } else {
            vec![FindingId(word.to_owned())]
        };
        for id in ids {
            if !all.iter().any(|it| it.0 == id) {
                let seen = seen(&id.0);
                all.push((id, seen));
            }
        }
    }
    all
}

/// The next page: the next finding of the page at work, or the page of the form, with a note of what was done.
fn next(form: &Form, now: &Now, first: Option<&FindingId>, done: &str) -> String {
    let filter = Form::of(form.first("filter").unwrap_or_default().as_bytes());
    let profile = filter.first("profile").unwrap_or_default();
    if let Some(page) = form.first("at").and_then(|it| now.desk.page(it)) {
        let narrowed = |item: &&Item| profile.is_empty() || item.finding().profile == profile;
        let items: Vec<&Item> = now.desk.items_of(page).filter(narrowed).collect();
        let at = items
            .iter()
            .position(|item| Some(&item.finding().id) == first);
        let at = at.unwrap_or_default();
        let undone = form.first("act") == Some("undo");
        let (before, behind) = items.split_at(at.min(items.len()));
        let open = behind.iter().chain(before).find(|it| it.state.is_due());
        let chosen = match open.filter(|_| !undone) {
            Some(open) => Some(&open.finding().id),
            None => first,
        };
        let chosen = chosen.map_or("", |chosen| chosen.0.as_str());
        let asked = [
            ("f", chosen),
            ("view", form.first("view").unwrap_or_default()),
            ("done", done),
        ];
        return format!("/work/{}?{}", page.id.0, with(asked, &kept(&filter)));
    }
    let back = form
        .first("back")
        .filter(|back| is_path(back))
        .unwrap_or("/");
    let (path, asked) = back.split_once('?').unwrap_or((back, ""));
    let asked = Form::of(asked.as_bytes());
    let kept = asked.pairs().iter().filter(|pair| pair.0 != "done");
    let kept = kept.map(|kept| (kept.0.as_str(), kept.1.as_str()));
    format!("{path}?{}", query(kept.chain([("done", done)])))
}

/// Whether a text is a path on this site, and not the address of another one.
pub(in crate::web) fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(|it: char| it.is_control() || it == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_button_has_its_decision() {
        for (act, expected) in [
            (
                "edit",
                Some((Some(Decision::Accept), Some(Outcome::Edit), None)),
            ),
            (
                "keep",
                Some((Some(Decision::Accept), Some(Outcome::Keep), None)),
            ),
            (
                "wrong:on-page",
                Some((Some(Decision::Reject), None, Some(Mistake::OnPage))),
            ),
            ("later", Some((Some(Decision::Later), None, None))),
            ("undo", Some((None, None, None))),
            ("wrong", None),
            ("wrong:", None),
            ("delete", None),
        ] {
            let form = Form::of(format!("act={act}&until=").as_bytes());
            let it = Act::of(&form);
            let it = it.map(|it| (it.decision, it.terms.outcome, it.terms.mistake));
            assert_eq!(it, expected, "{act}");
        }
    }

    #[test]
    fn a_form_leads_back_only_on_this_site() {
        for (text, expected) in [
            ("/?show=later", true),
            ("//evil.example/", false),
            ("/\\evil.example", false),
            ("https://evil.example/", false),
            ("/a\nb", false),
        ] {
            assert_eq!(is_path(text), expected, "{text}");
        }
    }
}
