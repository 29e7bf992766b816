//! The filter of the queue: which findings are shown, and the fields that choose them.

use super::entries::words;
use crate::{
    clock::Instant,
    desk::{Item, Order, State},
    finding::{Subject, Weight},
    report::Label,
    web::{
        form::{Form, query},
        room::Now,
    },
};

/// An option of the filter.
pub(super) struct Field {
    /// Its name in the address.
    pub(super) name: &'static str,
    /// What it chooses.
    pub(super) label: &'static str,
    /// Value, words, and whether it is chosen.
    pub(super) options: Vec<(String, String, bool)>,
}

/// The fields of the filter and the order, which a page at work keeps so that the way back and the next page are those of the queue.
const NAMES: [&str; 9] = [
    "profile", "show", "kind", "weight", "verdict", "sure", "days", "q", "sort",
];

/// The filter in the fields of a query, as a query.
pub(super) fn kept(form: &Form) -> String {
    let set = NAMES.map(|name| (name, form.first(name).unwrap_or_default()));
    query(set)
}

/// A query with more pairs in front of it.
pub(super) fn with<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, rest: &str) -> String {
    let front = query(pairs);
    match (front.as_str(), rest) {
        (_, "") => front,
        ("", _) => rest.to_owned(),
        _ => format!("{front}&{rest}"),
    }
}

/// The filter of the queue.
pub(super) struct Filter {
    /// The fields of the filter.
    pub(super) form: Form,
    /// The name of the visitor.
    pub(super) me: String,
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

    /// Whether a field is set that the links do not have.
    pub(super) fn is_fine(&self) -> bool {
        let coarse = ["profile", "show", "weight", "done", "after"];
        let set = self.form.pairs().iter();
        set.filter(|pair| !pair.1.trim().is_empty())
            .any(|pair| !coarse.contains(&pair.0.as_str()))
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
    words(item.finding(), profile)
        .to_lowercase()
        .contains(&text)
        || item.placed.address.as_str().contains(&text)
        || item.finding().id.0.starts_with(&text)
}

/// A link that filters, with how many findings it shows.
pub(super) struct Chip {
    /// Its words.
    pub(super) words: &'static str,
    /// How many findings it shows.
    pub(super) count: usize,
    /// The view.
    pub(super) href: String,
    /// Whether it is the present view.
    pub(super) is_here: bool,
}

/// The links that filter by what the finding is about and by what was decided: words, and the values of `show` and `weight`.
const CHIPS: [(&str, &str, &str); 9] = [
    ("to decide", "", ""),
    ("pages lost", "", "lost"),
    ("words changed or gone", "", "words"),
    ("names changed or gone", "", "name"),
    ("pages moved", "", "moved"),
    ("new names", "", "new"),
    ("put off", "later", ""),
    ("to edit", "to-edit", ""),
    ("decided by me", "mine", ""),
];

/// The links, each with how many findings it shows; those without one are left out.
pub(super) fn chips(filter: &Filter, now: &Now) -> Vec<Chip> {
    let profile = filter.form.first("profile");
    let mut counts = [0; CHIPS.len()];
    let items = now.desk.items().iter();
    let own = items.filter(|item| profile.is_none_or(|it| it == item.finding().profile));
    for item in own {
        let weight = weight_key(item.finding().weight());
        let by_me = || item.review.as_ref().is_some_and(|it| it.by == filter.me);
        for (count, (_, show, only)) in counts.iter_mut().zip(CHIPS) {
            let shown = match show {
                "later" => item.state == State::Later,
                "to-edit" => item.state == State::ToEdit,
                "mine" => by_me(),
                _ => item.state.is_due() && (only.is_empty() || only == weight),
            };
            *count += usize::from(shown);
        }
    }
    let is = |name, value: &str| filter.form.first(name).unwrap_or_default() == value;
    let all = CHIPS.into_iter().zip(counts);
    let all = all.map(|((words, show, weight), count)| {
        let profile = profile.unwrap_or_default();
        let asked = query([("profile", profile), ("show", show), ("weight", weight)]);
        Chip {
            words,
            count,
            href: format!("/?{asked}").trim_end_matches('?').to_owned(),
            is_here: is("show", show) && is("weight", weight),
        }
    });
    all.filter(|chip| chip.count > 0 || chip.is_here).collect()
}

/// The order of the queue.
pub(super) fn order_of(form: &Form) -> Order {
    match form.first("sort") {
        Some("newest") => Order::Newest,
        Some("surest") => Order::Surest,
        Some("address") => Order::Address,
        _ => Order::Weight,
    }
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

/// The options of the filter.
pub(super) fn fields(form: &Form, now: &Now) -> Vec<Field> {
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
        field(
            "weight",
            "Weight",
            &[
                ("", "any"),
                ("lost", "the page is lost"),
                ("words", "words changed or gone"),
                ("name", "names changed or gone"),
                ("moved", "the page moved"),
                ("new", "new names"),
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
