//! `/p/PROFILE/claims/ID`: a claim, what each copy says about it, and what was decided, oldest first.

use askama::Template;

use super::{
    cites::profile_href,
    entries::{Line, claim_words},
    mast::{self, Mast},
    named, nothing, say,
    sides::{day, minute},
};
use crate::{
    clock::{Instant, digits14},
    desk::{Item, State},
    finding::{Moment, Subject},
    pipeline,
    report::Label,
    store::StoreError,
    web::{Answer, Origins, Request, Web, snapshot::stored},
};

/// A claim.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/claim.html")]
struct Page {
    mast: Mast,
    profile: String,
    title: String,
    words: String,
    sentence: String,
    cites: Vec<(u32, String)>,
    rows: Vec<Row>,
    decisions: Vec<String>,
}

/// What the copies say about one thing.
struct Row {
    line: Line,
    cells: Vec<Cell>,
}

/// What copies say from one date on, with each copy that brought it in other words.
struct Cell {
    days: Vec<(String, Option<String>)>,
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    reference: u32,
}

/// What the copies say about a finding, oldest first: a cell for each change.
fn cells_of(item: &Item, moments: &[Moment]) -> Vec<Cell> {
    let is_new = matches!(item.finding().subject, Subject::NewName { .. });
    let mut cells: Vec<Cell> = Vec::new();
    for moment in moments {
        let label = Label::of_verdict(&moment.verdict);
        // That a name was not there before it came says nothing about the article.
        if is_new && label == Label::Absent {
            continue;
        }
        let shown = moment.capture.as_ref();
        let shown = (day(moment.date), shown.map(|it| copy_of(item, it.date)));
        let word = label.words();
        let same = |cell: &&mut Cell| cell.word == word && cell.reference == moment.reference;
        match cells.last_mut().filter(same) {
            Some(cell) => cell.days.push(shown),
            None => cells.push(Cell {
                days: vec![shown],
                tone: label.tone().class(),
                sign: label.sign(),
                word,
                reference: moment.reference,
            }),
        }
    }
    cells
}

/// The address of a copy beside a finding, at its words.
fn copy_of(item: &Item, date: Instant) -> String {
    let seen = item.finding().history.last_seen;
    let name = if seen.is_some_and(|at| date <= at) {
        "then"
    } else {
        "now"
    };
    let at = digits14(date);
    let asked = [("f", item.finding().id.0.as_str()), (name, at.as_str())];
    let asked = crate::web::form::query(asked);
    format!("/work/{}?{asked}", item.placed.page.0)
}

/// A claim of a profile.
pub(in crate::web) fn claim(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let found = named(&now, request);
    let found = found.and_then(|(named, rest)| {
        let id = rest.get(1)?.clone();
        let place = named
            .profile
            .claims
            .iter()
            .position(|claim| claim.id == id)?;
        Some((named, place))
    });
    let Some((named, place)) = found else {
        return Ok(nothing("there is no claim of that id", (request, origins)));
    };
    let Some(claim) = named.profile.claims.get(place) else {
        return Ok(nothing("there is no claim of that id", (request, origins)));
    };
    let options = &web.options;
    let series = pipeline::series(&options.store, named, place, &options.comparing);
    let mut rows = Vec::new();
    for series in stored(series)? {
        let Some(item) = now.desk.item(&series.finding.id) else {
            continue;
        };
        // Whether the list as a whole was found has no words to show.
        if matches!(item.finding().subject, Subject::List { .. }) {
            continue;
        }
        rows.push(Row {
            line: Line::of(
                item,
                Some(&named.profile),
                format!("/f/{}", item.finding().id),
                false,
            ),
            cells: cells_of(item, &series.moments),
        });
    }
    let is_own = |item: &Item| {
        item.finding().profile == named.name && item.finding().subject.claim() == Some(&claim.id)
    };
    let decisions = now.reviews.iter().filter_map(|review| {
        let item = now
            .desk
            .item(&review.review.finding)
            .filter(|item| is_own(item))?;
        let words = super::entries::words(item.finding(), Some(&named.profile));
        let decided = say::decision(&review.review, State::Open);
        Some(format!(
            "{} · {words}: {decided} · {}",
            minute(review.review.at),
            review.review.by
        ))
    });
    let href = profile_href(&named.name);
    let page = Page {
        title: named.profile.title.clone(),
        words: claim_words(&claim.statement, &claim.id),
        sentence: claim.sentence.clone().unwrap_or_default(),
        cites: claim
            .cites
            .iter()
            .map(|cite| (*cite, format!("{href}/references/{cite}")))
            .collect(),
        rows,
        decisions: decisions.collect(),
        profile: href,
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}
