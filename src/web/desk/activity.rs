//! `/activity`: every decision and mute, and for admins every log-in that failed, the latest first; also as CSV and JSON. Above them
//! the head of the ledger that proves them.

use std::sync::PoisonError;

use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;

use super::{
    done::{Done, done, finding_of},
    entries::{claim_words, words},
    mast::{self, Mast},
    say,
    sides::{day, minute},
};
use crate::{
    account::Role,
    capture::Source,
    clock::warc_date,
    desk::{Numbered, State},
    finding::{Mute, Muted, Via},
    report::{Label, csv_field},
    store::{Seal, StoreError},
    text::{counted, escaped_controls},
    web::{
        Answer, Origins, Request, Web,
        deeds::{Deed, What},
        form::{Form, query},
        room::Now,
    },
};

/// How many acts a page has.
const ROWS: usize = 100;

/// The columns of the CSV.
const COLUMNS: &str = "when,who,way,what,about,finding,profile,claim,note";

/// The page.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/activity.html")]
struct Page {
    mast: Mast,
    checkpoint: String,
    by: String,
    since: String,
    /// What the visitor did in the last seven days.
    week: String,
    /// The same list as CSV and as JSON.
    files: [(&'static str, String); 2],
    rows: Vec<Row>,
    more: Option<String>,
    done: Option<Done>,
    back: String,
}

/// Something that was done.
#[derive(Serialize)]
struct Row {
    when: String,
    /// The same for people.
    #[serde(skip)]
    minute: String,
    who: String,
    /// By what way: `cli`, `desk` or `api`; empty where that is not known.
    way: &'static str,
    what: String,
    about: String,
    #[serde(skip)]
    label: &'static str,
    #[serde(skip)]
    href: String,
    finding: String,
    profile: String,
    claim: String,
    note: String,
    #[serde(skip)]
    seen: i64,
    #[serde(skip)]
    can_undo: bool,
    #[serde(skip)]
    can_unmute: bool,
}

/// Which acts are wanted.
struct Wanted {
    by: String,
    since: Option<NaiveDate>,
    before: String,
}

impl Wanted {
    fn of(request: &Request) -> Self {
        let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
        let first = |name| form.first(name).unwrap_or_default().to_owned();
        Self {
            by: first("by"),
            since: first("since").parse().ok(),
            before: first("before"),
        }
    }

    fn wants(&self, deed: &Deed<'_>) -> bool {
        (self.by.is_empty() || deed.by() == self.by)
            && self.since.is_none_or(|since| deed.at.date_naive() >= since)
            && (self.before.is_empty() || deed.key() < self.before)
    }

    fn since(&self) -> String {
        self.since.map_or(String::new(), |since| since.to_string())
    }

    fn query(&self, before: &str) -> String {
        query([
            ("by", self.by.as_str()),
            ("since", &self.since()),
            ("before", before),
        ])
    }
}

/// What people did, the latest first.
pub(in crate::web) fn activity(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let wanted = Wanted::of(request);
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let all = done_by_people(web, request, &now)?;
    let own = all.iter().rev().filter(|deed| wanted.wants(deed));
    let shown: Vec<&Deed<'_>> = own.take(ROWS + 1).collect();
    let more = shown.get(ROWS).and(shown.get(ROWS - 1));
    let more = more.map(|last| format!("/activity?{}", wanted.query(&last.key())));
    let seal = web.options.store.last_seal()?;
    let mast = Mast::of(request, &now);
    let week = web.today() - TimeDelta::days(6);
    let file = |ending| format!("/activity.{ending}?{}", wanted.query(""));
    let page = Page {
        week: format!(
            "/activity?{}",
            query([("by", mast.name.as_str()), ("since", &week.to_string())])
        ),
        files: [("CSV", file("csv")), ("JSON", file("json"))],
        checkpoint: checkpoint(web, seal)?,
        rows: shown
            .iter()
            .take(ROWS)
            .map(|it| row(it, (web, &now)))
            .collect::<Result<_, _>>()?,
        more,
        done: done(&form, (web, &now), None)?,
        back: format!("/activity?{}", wanted.query("")),
        since: wanted.since(),
        by: wanted.by,
        mast,
    };
    Ok(mast::page(200, &page, origins))
}

/// How many entries the latest checkpoint covers, and whether it is valid.
fn checkpoint(web: &Web, seal: Option<Seal>) -> Result<String, StoreError> {
    let Some(seal) = seal else {
        return Ok("There is no checkpoint yet.".to_owned());
    };
    let entries = counted(seal.size, "entry", "entries");
    let begin = format!("The latest checkpoint of the ledger covers {entries}");
    let mut read = web.ledger.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(if web.options.store.fits(&seal, &mut read)? {
        format!("{begin} and is valid, signed by {}.", seal.key)
    } else {
        format!("{begin}, but it is not valid: its signature or its root is wrong.")
    })
}

/// The same as CSV, all rows.
pub(in crate::web) fn activity_csv(
    web: &Web,
    request: &Request,
    _: &Origins,
) -> Result<Answer, StoreError> {
    let mut text = format!("{COLUMNS}\r\n");
    for row in rows(web, request)? {
        let fields = [
            &row.when,
            &row.who,
            &row.way.to_owned(),
            &row.what,
            &row.about,
            &row.finding,
            &row.profile,
            &row.claim,
            &row.note,
        ];
        let fields = fields.map(|field| csv_field(field));
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    Ok(file("text/csv; charset=utf-8", text, "csv"))
}

/// The same as JSON, all rows.
pub(in crate::web) fn activity_json(
    web: &Web,
    request: &Request,
    _: &Origins,
) -> Result<Answer, StoreError> {
    let rows = rows(web, request)?;
    // Serializing strings cannot fail.
    let text = serde_json::to_string(&serde_json::json!({"format": 1, "activity": rows}));
    let text = escaped_controls(&text.unwrap_or_default());
    Ok(file("application/json", text, "json"))
}

fn file(media_type: &str, text: String, ending: &str) -> Answer {
    let name = format!("attachment; filename=\"activity.{ending}\"");
    Answer::new(200, media_type, text)
        .field("Content-Disposition", name)
        .field("Cache-Control", "no-store")
}

fn rows(web: &Web, request: &Request) -> Result<Vec<Row>, StoreError> {
    let now = web.now()?;
    let wanted = Wanted::of(request);
    let all = done_by_people(web, request, &now)?;
    let own = all.iter().rev().filter(|deed| wanted.wants(deed));
    own.map(|deed| row(deed, (web, &now))).collect()
}

/// What is shown to this visitor: names that were typed at log-ins are for admins.
fn done_by_people<'a>(
    web: &Web,
    request: &Request,
    now: &'a Now,
) -> Result<Vec<Deed<'a>>, StoreError> {
    if request.visitor().role == Role::Admin {
        web.deeds_and_failures(now)
    } else {
        web.deeds(now)
    }
}

fn row(deed: &Deed<'_>, (web, now): (&Web, &Now)) -> Result<Row, StoreError> {
    let row = match &deed.what {
        What::Decision(numbered) => of_decision(numbered, (web, now))?,
        What::Mute(mute) => of_mute(mute, now),
        What::Copy(copy) => Row {
            what: format!(
                "added the copy of {}, {}",
                day(copy.date),
                copy.source
                    .as_ref()
                    .map(Source::held_by)
                    .unwrap_or_default()
            ),
            about: copy.target_uri.to_string(),
            href: format!("/captures/{}", copy.target_uri),
            way: "cli",
            ..nothing()
        },
        What::Failed(failed) => Row {
            what: "log-in failed".to_owned(),
            about: format!("from {}", failed.address),
            ..nothing()
        },
    };
    Ok(Row {
        when: warc_date(deed.at),
        minute: minute(deed.at),
        who: deed.by().to_owned(),
        ..row
    })
}

fn nothing() -> Row {
    Row {
        when: String::new(),
        minute: String::new(),
        who: String::new(),
        way: "",
        what: String::new(),
        about: String::new(),
        label: "",
        href: String::new(),
        finding: String::new(),
        profile: String::new(),
        claim: String::new(),
        note: String::new(),
        seen: 0,
        can_undo: false,
        can_unmute: false,
    }
}

fn of_decision(numbered: &Numbered, (web, now): (&Web, &Now)) -> Result<Row, StoreError> {
    let review = &numbered.review;
    let item = now.desk.item(&review.finding);
    let finding = finding_of(web, now, &review.finding)?;
    let finding = finding.as_ref();
    let state = item.map_or(State::Open, |item| item.state);
    Ok(Row {
        way: Via::word(review.terms.via),
        what: say::decision(review, state),
        note: review.note.clone().unwrap_or_default(),
        href: format!("/f/{}", review.finding),
        about: finding.map_or_else(
            || review.finding.to_string(),
            |finding| {
                let profile = now.profile(&finding.profile);
                words(finding, profile.map(|profile| &profile.profile))
            },
        ),
        label: finding.map_or("", |finding| Label::of(finding).words()),
        finding: review.finding.to_string(),
        profile: finding.map_or(String::new(), |finding| finding.profile.clone()),
        claim: finding
            .and_then(|finding| finding.subject.claim())
            .unwrap_or_default()
            .to_owned(),
        seen: numbered.number,
        can_undo: item.is_some_and(|item| item.seen == numbered.number)
            && review.decision.is_some(),
        ..nothing()
    })
}

fn of_mute(mute: &Mute, now: &Now) -> Row {
    let profile = now.profile(&mute.profile).map(|named| &named.profile);
    let claim = profile.and_then(|profile| profile.claims.iter().find(|it| it.id == mute.claim));
    let latest = now
        .decisions
        .mute(&mute.profile, &mute.claim, Muted::NewNames);
    Row {
        what: if mute.muted {
            "do not ask about new names".to_owned()
        } else {
            "ask about new names again".to_owned()
        },
        about: claim.map_or_else(
            || mute.claim.clone(),
            |claim| claim_words(&claim.statement, &claim.id),
        ),
        href: format!(
            "/p/{}/claims/{}",
            crate::web::pages::encoded(&mute.profile),
            crate::web::pages::encoded(&mute.claim)
        ),
        profile: mute.profile.clone(),
        claim: mute.claim.clone(),
        note: mute.note.clone().unwrap_or_default(),
        can_unmute: mute.muted && claim.is_some() && latest.is_some_and(|it| it.at == mute.at),
        ..nothing()
    }
}
