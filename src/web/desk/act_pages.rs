//! The pages that say why nothing was decided: a form from elsewhere, one that is too old, or a decision of someone else.

use askama::Template;

use super::{
    acting::is_path,
    filter::{kept, with},
    mast::{self, Mast},
    say,
};
use crate::{
    desk::{Numbered, State},
    finding::{FindingId, Objection, Unfit},
    store::StoreError,
    web::{Answer, Origins, Request, Web, form::Form, pages::refusal, visitor::Refused},
};

/// A page with a form to send again.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/again.html")]
struct Again {
    mast: Mast,
    heading: &'static str,
    says: Vec<String>,
    /// The fields of the form.
    fields: Vec<(String, String)>,
    /// The button, if it can be sent again.
    button: &'static str,
    /// The way back, and its words.
    back: String,
    leave: String,
}

/// The page for a refused form. An expired form can be sent again with everything that was filled in.
pub(in crate::web) fn refused(
    web: &Web,
    why: Refused,
    form: &Form,
    (request, origins): (&Request, &Origins),
) -> Result<Answer, StoreError> {
    let says = match why {
        Refused::Elsewhere => return Ok(refusal(403, say::ELSEWHERE, request, origins)),
        Refused::MayNotDecide => return Ok(refusal(403, say::MAY_NOT, request, origins)),
        Refused::Expired => say::EXPIRED,
    };
    let now = web.now()?;
    let again = Again {
        mast: Mast::of(request, &now),
        heading: "Send it again?",
        says: vec![says.to_owned()],
        fields: fields(form, &["token"]),
        button: "Send again",
        back: back(form),
        leave: "Discard it".to_owned(),
    };
    Ok(mast::page(403, &again, origins))
}

/// The page for a decision that someone else made in the meantime, with both ways to continue.
pub(super) fn conflict(
    web: &Web,
    form: &Form,
    objections: &[Option<Objection>],
    (request, origins): (&Request, &Origins),
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let mut says = Vec::new();
    let mut leave = "Leave it as it is".to_owned();
    for objection in objections.iter().flatten() {
        says.push(match objection {
            Objection::NothingToUndo => "There is no decision to take back.".to_owned(),
            Objection::Unfit(Unfit::NoOtherName) => say::NO_OTHER_NAME.to_owned(),
            Objection::Unfit(Unfit::NoCapture) => say::NO_CAPTURE.to_owned(),
            Objection::DecidedBy(standing) => {
                let Some(mark) = standing.mark() else {
                    continue;
                };
                leave = format!("Leave the decision of {}", mark.by);
                let own = |it: &&Numbered| it.review.by == mark.by && it.review.at == mark.at;
                let review = now.reviews.iter().rev().find(own);
                let word = review.map(|it| say::decision(&it.review, State::Open));
                let word = word.as_deref().or(standing.word()).unwrap_or("decided");
                let ago = say::ago(mark.at, web.options.clock.now());
                say::decided_meanwhile(&mark.by, &ago, word, mark.note.as_deref())
            }
        });
    }
    says.dedup();
    let mut all = objections.iter().flatten();
    let can_repeat = all.all(|it| matches!(it, Objection::DecidedBy(_)));
    let mut fields = fields(form, &["token", "seen"]);
    let seen = form.all("finding").filter_map(|id| {
        let item = now.desk.item(&FindingId(id.to_owned()))?;
        Some(("seen".to_owned(), format!("{id}:{}", item.seen)))
    });
    fields.extend(seen);
    let again = Again {
        mast: Mast::of(request, &now),
        heading: if can_repeat {
            "Decided in the meantime"
        } else {
            "Not saved"
        },
        says,
        fields,
        button: if can_repeat {
            "Decide all the same"
        } else {
            ""
        },
        back: back(form),
        leave,
    };
    Ok(mast::page(409, &again, origins))
}

fn fields(form: &Form, without: &[&str]) -> Vec<(String, String)> {
    let all = form.pairs().iter();
    let kept = all.filter(|it| !without.contains(&it.0.as_str()));
    kept.cloned().collect()
}

fn back(form: &Form) -> String {
    match (form.first("at"), form.first("finding"), form.first("back")) {
        (Some(page), Some(id), _) if page.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            let filter = Form::of(form.first("filter").unwrap_or_default().as_bytes());
            format!("/work/{page}?{}", with([("f", id)], &kept(&filter)))
        }
        (_, _, Some(back)) if is_path(back) => back.to_owned(),
        _ => "/".to_owned(),
    }
}
