//! `/`: the pages with findings that wait, the heaviest first.

use askama::Template;

use super::{
    entries::{Line, words},
    mast::{self, Mast},
    say,
    sides::{day, minute},
};
use crate::{
    clock::Instant,
    desk::{Item, Order, Row, State},
    finding::{Subject, Weight},
    report::Label,
    store::StoreError,
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        pages::encoded,
        room::Now,
    },
};

/// How many pages the queue shows by default.
const ROWS: usize = 50;
/// The most.
const MOST_ROWS: usize = 1_000;
/// How many findings of a page are listed here; the page at work has all.
const LINES: usize = 20;

/// The desk.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/queue.html")]
struct Queue {
    mast: Mast,
    to_do: String,
    /// The last action.
    done: Option<Done>,
    fields: Vec<Field>,
    text: String,
    rows: Vec<PageRow>,
    /// The address of this view, for the link back.
    back: String,
    more: Option<String>,
    left: usize,
    /// The result of the last run, for an empty desk.
    last_run: String,
    /// Profiles that cannot be read, each with the reason.
    faults: Vec<(String, String)>,
    has_profiles: bool,
}

/// The last action, and how to undo it.
pub(super) struct Done {
    /// What was done, as a sentence.
    pub(super) says: String,
    /// What to undo: a finding or a batch; empty if it cannot be undone.
    pub(super) undo: String,
    /// The label of the button that undoes it.
    pub(super) undo_words: String,
}

/// An option of the filter.
struct Field {
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String, bool)>,
}

/// A page in the queue.
struct PageRow {
    id: String,
    href: String,
    title: String,
    host: String,
    path: String,
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    tally: String,
    cited: Vec<String>,
    since: String,
    lines: Vec<Line>,
    /// How many more findings the page at work shows.
    more: usize,
}

/// The filter of the queue.
pub(super) struct Filter {
    /// The fields of the filter.
    pub(super) form: Form,
    me: String,
    now: Instant,
}

impl Filter {
    /// The filter in a query; `me` is the name of the visitor.
    pub(super) fn of(form: Form, me: &str, now: Instant) -> Self {
        Self {
            form,
            me: me.to_owned(),
            now,
        }
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.form.first(name).is_none_or(|it| it == value)
    }

    /// Whether a finding passes the filter.
    pub(super) fn wants(&self, item: &Item, now: &Now) -> bool {
        let finding = item.finding();
        let label = Label::of(finding);
        let by_me = || {
            item.review
                .as_ref()
                .is_some_and(|review| review.by == self.me)
        };
        let shown = match self.form.first("show") {
            Some("later") => item.state == State::Later,
            Some("mine") => by_me(),
            Some("decided") => item.state.is_decided(),
            Some("to-edit") => item.state == State::ToEdit,
            Some("all") => item.state != State::Settled,
            _ => item.state.is_due(),
        };
        let sure = self
            .form
            .first("sure")
            .and_then(|sure| sure.parse::<f64>().ok());
        let days = self
            .form
            .first("days")
            .and_then(|days| days.parse::<i64>().ok());
        let changed = finding.history.changed_by.or(finding.history.first_seen);
        let fresh =
            days.is_none_or(|days| changed.is_some_and(|at| (self.now - at).num_days() <= days));
        shown
            && fresh
            && self.is("profile", &finding.profile)
            && self.is("kind", kind(&finding.subject))
            && self.is("weight", weight_key(finding.weight()))
            && self.is("verdict", &label.key())
            && sure.is_none_or(|sure| finding.confidence * 100.0 >= sure)
            && self.form.first("q").is_none_or(|text| has(text, item, now))
    }
}

/// Whether a text is in the words, the address or the id of a finding.
fn has(text: &str, item: &Item, now: &Now) -> bool {
    let text = text.to_lowercase();
    let profile = now
        .profile(&item.finding().profile)
        .map(|profile| &profile.profile);
    words(item, profile).to_lowercase().contains(&text)
        || item.placed.address.as_str().contains(&text)
        || item.finding().id.0.starts_with(&text)
}

fn kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::Reference { .. } => "reference",
        Subject::List { .. } | Subject::Name { .. } | Subject::NewName { .. } => "listed",
        Subject::Quotation { .. } => "quoted",
        Subject::Figure { .. } => "figure",
        Subject::Relation { .. } => "relation",
        Subject::Statement { .. } => "stated",
    }
}

fn weight_key(weight: Weight) -> &'static str {
    match weight {
        Weight::Lost => "lost",
        Weight::Words => "words",
        Weight::Name => "name",
        Weight::Moved => "moved",
        Weight::New => "new",
        Weight::Note => "note",
        Weight::Settled => "settled",
    }
}

fn order_of(form: &Form) -> Order {
    match form.first("sort") {
        Some("newest") => Order::Newest,
        Some("surest") => Order::Surest,
        Some("address") => Order::Address,
        _ => Order::Weight,
    }
}

/// The desk.
pub(in crate::web) fn queue(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let mast = Mast::of(request, &now);
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let filter = Filter::of(form, &mast.name, web.options.clock.now());
    let rows = now
        .desk
        .queue(&|it| filter.wants(it, &now), order_of(&filter.form));
    let wanted = filter.form.first("rows").and_then(|rows| rows.parse().ok());
    let limit = wanted.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let after = filter.form.first("after");
    let start = rows
        .iter()
        .position(|row| Some(row.page.id.0.as_str()) == after);
    let start = start.map_or(0, |start| start + 1);
    let shown = rows.get(start..).unwrap_or_default();
    let left = shown.len().saturating_sub(limit);
    let shown = shown.get(..limit).unwrap_or(shown);
    let asked = |name: &str, value: &str| {
        let kept = filter.form.pairs().iter();
        let kept = kept.filter(|kept| kept.0 != name && kept.0 != "done");
        let kept = kept.map(|kept| (kept.0.as_str(), kept.1.as_str()));
        format!("/?{}", query(kept.chain([(name, value)])))
    };
    let more = shown.last().filter(|_| left > 0);
    let more = more.map(|more| asked("after", &more.page.id.0));
    let counts = now.desk.counts();
    let profiles = now.profiles.iter();
    let faults =
        profiles.filter_map(|profile| Some((profile.name.clone(), profile.read.clone().err()?)));
    let page = Queue {
        to_do: say::to_do(counts.due(), counts.pages, counts.of(State::ToEdit)),
        done: done(&filter.form, &now, None),
        fields: fields(&filter.form, &now),
        text: filter.form.first("q").unwrap_or_default().to_owned(),
        rows: shown.iter().map(|it| row(it, &now, &filter)).collect(),
        back: asked("done", ""),
        more,
        left,
        last_run: last_run(web)?,
        faults: faults.collect(),
        has_profiles: !now.profiles.is_empty(),
        mast,
    };
    Ok(mast::page(200, &page, origins))
}

fn row(row: &Row<'_>, now: &Now, filter: &Filter) -> PageRow {
    let page = row.page;
    let url = page.address.as_url();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let profile = filter.form.first("profile").unwrap_or_default();
    let narrowed = query([("profile", profile)]);
    let href = format!("/work/{}?{narrowed}", page.id.0);
    let href = href.trim_end_matches('?').to_owned();
    let heaviest = row.items.iter().min_by_key(|item| item.finding().weight());
    let label = heaviest.map_or(Label::CannotTell, |heaviest| Label::of(heaviest.finding()));
    let lines = row.items.iter().take(LINES).map(|item| {
        let profile = now
            .profile(&item.finding().profile)
            .map(|profile| &profile.profile);
        let href = format!("/f/{}", item.finding().id);
        Line::of(item, profile, href, false)
    });
    PageRow {
        id: page.id.0.clone(),
        href,
        title: if page.title.is_empty() {
            page.address.host().to_owned()
        } else {
            page.title.clone()
        },
        host: format!("{}{port}", page.address.host()),
        path: page.address.path_and_query(),
        tone: label.tone().class(),
        sign: label.sign(),
        word: label.words(),
        tally: say::tally(row.items.iter().map(|item| Label::of(item.finding()))),
        cited: cited(&page.cited),
        since: row
            .newest
            .map_or(String::new(), |newest| format!("since {}", day(newest))),
        lines: lines.collect(),
        more: row.items.len().saturating_sub(LINES),
    }
}

/// The citations of a page: `[2] [5] Lantern Alliance`.
pub(super) fn cited(all: &[crate::desk::Cited]) -> Vec<String> {
    let mut groups: Vec<(&str, String)> = Vec::new();
    for it in all {
        match groups.last_mut().filter(|last| last.0 == it.article) {
            Some(last) => last.1.extend([" [", &it.number.to_string(), "]"]),
            None => groups.push((&it.article, format!("[{}]", it.number))),
        }
    }
    groups
        .into_iter()
        .map(|groups| format!("{} {}", groups.1, groups.0))
        .collect()
}

/// The last action, as `done` names it: a finding or a batch; `left` is how many findings are left on the page.
pub(super) fn done(form: &Form, now: &Now, left: Option<usize>) -> Option<Done> {
    let done = form.first("done")?;
    let own = |numbered: &&crate::desk::Numbered| {
        numbered.review.finding.0 == done || numbered.review.terms.batch.as_deref() == Some(done)
    };
    let latest = now.reviews.iter().rev().find(own)?;
    let review = &latest.review;
    let item = now.desk.item(&review.finding);
    let state = item.map_or(State::Open, |item| item.state);
    let decided = say::decision(review, state);
    let many = now.reviews.iter().filter(own).count();
    let is_batch = review.terms.batch.as_deref() == Some(done);
    let says = if is_batch {
        say::after_several(many, &decided)
    } else {
        let profile = item.and_then(|item| now.profile(&item.finding().profile));
        let about = item.map_or_else(
            || done.to_owned(),
            |item| words(item, profile.map(|profile| &profile.profile)),
        );
        match left {
            Some(left) => say::after_one(&about, &decided, left),
            None => format!("{about}: {decided}."),
        }
    };
    Some(Done {
        says,
        undo: review.decision.map_or(String::new(), |_| done.to_owned()),
        undo_words: if is_batch {
            format!("Undo all {many}")
        } else {
            "Undo".to_owned()
        },
    })
}

fn fields(form: &Form, now: &Now) -> Vec<Field> {
    let field = |name: &'static str, label, options: &[(&str, &str)]| Field {
        name,
        label,
        options: options
            .iter()
            .map(|option| {
                let chosen = form.first(name).unwrap_or_default() == option.0;
                (option.0.to_owned(), option.1.to_owned(), chosen)
            })
            .collect(),
    };
    let readable = now
        .profiles
        .iter()
        .filter_map(|profile| profile.read.as_ref().ok());
    let mut profiles = vec![("", "all articles")];
    profiles
        .extend(readable.map(|readable| (readable.name.as_str(), readable.profile.title.as_str())));
    let keys: Vec<(String, &str)> = Label::VERDICTS
        .iter()
        .chain(&Label::FATES)
        .map(|it| (it.key(), it.words()))
        .collect();
    let mut verdicts = vec![("", "any")];
    verdicts.extend(keys.iter().map(|key| (key.0.as_str(), key.1)));
    vec![
        field(
            "show",
            "Show",
            &[
                ("", "to decide"),
                ("later", "put off"),
                ("to-edit", "to edit"),
                ("mine", "decided by me"),
                ("decided", "decided"),
                ("all", "everything"),
            ],
        ),
        field("profile", "Article", &profiles),
        field(
            "kind",
            "Kind",
            &[
                ("", "any"),
                ("reference", "references"),
                ("listed", "lists"),
                ("quoted", "quotations"),
                ("figure", "figures"),
                ("relation", "relations"),
                ("stated", "sentences"),
            ],
        ),
        field("verdict", "Verdict", &verdicts),
        field(
            "sure",
            "Sureness",
            &[
                ("", "any"),
                ("70", "70 % and more"),
                ("90", "90 % and more"),
            ],
        ),
        field(
            "days",
            "Changed",
            &[
                ("", "any time"),
                ("7", "last 7 days"),
                ("30", "last 30 days"),
                ("365", "last year"),
            ],
        ),
        field(
            "sort",
            "Order",
            &[
                ("", "weight"),
                ("newest", "newest"),
                ("surest", "surest"),
                ("address", "address"),
            ],
        ),
        field(
            "rows",
            "Pages",
            &[("", "50"), ("200", "200"), ("1000", "all")],
        ),
    ]
}

/// The result of the last run: `Last run 2026-11-27 06:00 UTC, 60 pages, 2 not reached.`
fn last_run(web: &Web) -> Result<String, StoreError> {
    let crawls = web.options.store.crawls()?;
    Ok(crawls.last().map_or(String::new(), |crawl| {
        let failed = crawl.counts.as_ref().map_or(0, |count| count.failed);
        let visits = crawl.counts.as_ref().map_or(0, |count| count.visits);
        format!(
            "Last run {}, {}, {failed} not reached.",
            minute(crawl.crawl.started),
            crate::text::counted(visits, "page", "pages")
        )
    }))
}

/// `/find`: leads to an address, a finding or a name.
pub(in crate::web) fn find(web: &Web, request: &Request, origins: &Origins) -> Answer {
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let Some(text) = form.first("q").map(str::trim) else {
        return crate::web::site::find(web, request, origins);
    };
    let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id {
        return Answer::redirect(&format!("/f/{text}"));
    }
    if text.contains("://") {
        return match crate::memento::target_of(text) {
            Ok(uri) => Answer::redirect(&format!("/captures/{uri}")),
            Err(_) => Answer::redirect(&format!("/?{}", query([("q", text), ("show", "all")]))),
        };
    }
    Answer::redirect(&format!("/?{}", query([("q", text), ("show", "all")])))
}

/// The address of a profile's page.
pub(super) fn profile_href(name: &str) -> String {
    format!("/p/{}", encoded(name))
}
