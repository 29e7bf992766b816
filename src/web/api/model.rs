//! The shapes of the API: what its answers have.

use serde::Serialize;
use utoipa::ToSchema;

use super::{answers::time, deeds::Decided};
use crate::{
    desk::{Item, Page as DeskPage, State},
    finding::{CaptureRef, Subject, Weight},
    profile::{
        Claim as ClaimOf, ListedName, Profile as ProfileOf, Reference as ReferenceOf, Statement,
    },
    report::{Label, said, since},
    store::Dated,
    web::room::Now,
};

/// An article whose pages are watched.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Profile {
    /// The name of the profile.
    pub(super) name: String,
    /// The title of the article.
    pub(super) title: String,
    /// The address of the article.
    pub(super) article: Option<String>,
    /// How many references it has.
    pub(super) references: usize,
    /// How many claims it has.
    pub(super) claims: usize,
    /// How many findings wait for a decision.
    pub(super) due: usize,
    /// How many edits wait.
    pub(super) edits: usize,
    /// How stale it is; `null` before the first comparison.
    pub(super) staleness: Option<Staleness>,
    /// Why the profile cannot be read; the other fields are empty then.
    pub(super) fault: Option<String>,
}

/// How stale an article is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Staleness {
    /// The whole, from 0 to 100.
    pub(super) sum: f64,
    /// 0 to 50: claims all of whose references are lost.
    pub(super) lost: f64,
    /// 0 to 40: names, quotations and figures that are no longer there.
    pub(super) words: f64,
    /// 0 to 10: the age of the access dates.
    pub(super) age: f64,
}

impl From<crate::desk::Staleness> for Staleness {
    fn from(staleness: crate::desk::Staleness) -> Self {
        // A hundredth is enough, and the same on every machine.
        let round = |staleness: f64| (staleness * 100.0).round() / 100.0;
        Self {
            sum: round(staleness.sum()),
            lost: round(staleness.lost),
            words: round(staleness.words),
            age: round(staleness.age),
        }
    }
}

/// A statement that cites references.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Claim {
    /// Its id, which is unique in the profile.
    pub(super) id: String,
    /// `listed`, `quoted`, `figure`, `relation` or `stated`.
    pub(super) kind: &'static str,
    /// The section of the article.
    pub(super) section: Option<String>,
    /// The sentence as the article has it.
    pub(super) sentence: Option<String>,
    /// The numbers of the references.
    pub(super) cites: Vec<u32>,
    /// The names, or the words, that are claimed.
    pub(super) words: Vec<String>,
    /// The ids of its findings.
    pub(super) findings: Vec<String>,
}

impl Claim {
    /// As programs read it.
    pub(super) fn of(claim: &ClaimOf, now: &Now, profile: &str) -> Self {
        let own = now
            .desk
            .items()
            .iter()
            .map(Item::finding)
            .filter(|finding| {
                finding.profile == profile && finding.subject.claim() == Some(claim.id.as_str())
            });
        let (kind, words) = match &claim.statement {
            Statement::Listed { names, .. } => (
                "listed",
                names.iter().flat_map(ListedName::readings).collect(),
            ),
            Statement::Quoted { exact } => ("quoted", vec![exact.clone()]),
            Statement::Figure { exact } => ("figure", vec![exact.clone()]),
            Statement::Relation {
                subject, object, ..
            } => ("relation", vec![subject.clone(), object.clone()]),
            Statement::Stated { exact } => ("stated", vec![exact.clone()]),
        };
        Self {
            id: claim.id.clone(),
            kind,
            section: claim.section.clone(),
            sentence: claim.sentence.clone(),
            cites: claim.cites.clone(),
            words,
            findings: own.map(|finding| finding.id.0.clone()).collect(),
        }
    }
}

/// A numbered entry of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Reference {
    /// Its number in the article.
    pub(super) number: u32,
    /// The title of the page, as cited.
    pub(super) title: Option<String>,
    /// The address, as cited.
    pub(super) url: Option<String>,
    /// The author, as cited.
    pub(super) author: Option<String>,
    /// The site or publication, as cited.
    pub(super) publisher: Option<String>,
    /// The day on which it was read, as cited.
    #[schema(format = Date)]
    pub(super) accessed: Option<String>,
    /// The fate of its page, in a word.
    pub(super) fate: String,
    /// The fate in a sentence, in English.
    pub(super) said: String,
    /// Since when, in English.
    pub(super) since: String,
    /// Copies in other archives that the article cites.
    pub(super) archived: Vec<String>,
}

impl Reference {
    /// As programs read it.
    pub(super) fn of(reference: &ReferenceOf, now: &Now, profile: &str) -> Self {
        let own = now.desk.items().iter().map(Item::finding).find(|finding| {
            let about =
                matches!(finding.subject, Subject::Reference { number } if number == reference.number);
            about && finding.profile == profile
        });
        Self {
            number: reference.number,
            title: reference.title.clone(),
            url: reference.shown_url(),
            author: reference.author.clone(),
            publisher: reference.publisher.clone(),
            accessed: reference.accessed.map(|day| day.to_string()),
            fate: own.map_or(Label::Unvisited, Label::of).key(),
            said: own.map_or_else(String::new, said),
            since: own.map_or_else(String::new, since),
            archived: reference
                .archived
                .iter()
                .map(|copy| copy.url.clone())
                .collect(),
        }
    }
}

/// A page that is cited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Page {
    /// Its id: 8 digits of the digest of its SURT key.
    pub(super) id: String,
    /// Its address.
    pub(super) address: String,
    /// Its title.
    pub(super) title: String,
    /// The articles that cite it.
    pub(super) cited: Vec<Cited>,
    /// How many of its findings wait for a decision.
    pub(super) due: usize,
    /// The ids of its findings, in the order in which they are decided.
    pub(super) findings: Vec<String>,
}

/// A citation of a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Cited {
    /// The name of the profile.
    pub(super) profile: String,
    /// The title of the article.
    pub(super) article: String,
    /// The number of the reference.
    pub(super) number: u32,
}

impl Page {
    /// As programs read it.
    pub(super) fn of(page: &DeskPage, now: &Now) -> Self {
        let items: Vec<&Item> = now.desk.items_of(page).collect();
        Self {
            id: page.id.0.clone(),
            address: page.address.to_string(),
            title: page.title.clone(),
            cited: page
                .cited
                .iter()
                .map(|cited| Cited {
                    profile: cited.profile.clone(),
                    article: cited.article.clone(),
                    number: cited.number,
                })
                .collect(),
            due: items.iter().filter(|item| item.state.is_due()).count(),
            findings: items
                .iter()
                .map(|item| item.finding().id.0.clone())
                .collect(),
        }
    }
}

/// A verdict on a claim, or the fate of a reference.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Finding {
    /// Its id, which stays the same as long as the verdict does.
    pub(super) id: String,
    /// The name of the profile.
    pub(super) profile: String,
    /// The id of the page on which it is decided.
    pub(super) page: String,
    /// The address of that page.
    pub(super) address: String,
    /// What it is about: `reference`, `list`, `name`, `new-name`, `quotation`, `figure`, `relation` or `statement`.
    pub(super) about: &'static str,
    /// The id of the claim; `null` for the fate of a reference.
    pub(super) claim: Option<String>,
    /// The numbers of the references that are cited for it.
    pub(super) references: Vec<u32>,
    /// The words that it is about.
    pub(super) words: Option<String>,
    /// The verdict or the fate, in a word.
    pub(super) verdict: String,
    /// The verdict in a sentence, in English.
    pub(super) said: String,
    /// Since when, in English.
    pub(super) since: String,
    /// How much it matters to the article.
    pub(super) weight: Weight,
    /// Whether it waits for a decision, and what was decided.
    pub(super) state: State,
    /// How sure it is, from 0 to 1.
    pub(super) confidence: f64,
    /// What speaks for it and against it.
    pub(super) reasons: Vec<Reason>,
    /// The words in archived pages that it rests on, the latest first.
    pub(super) evidence: Vec<Evidence>,
    /// The first capture that shows it so.
    #[schema(format = DateTime)]
    pub(super) changed: String,
    /// The archived copy to cite.
    pub(super) copy: Option<Capture>,
    /// The decision that counts.
    pub(super) decision: Option<Decided>,
    /// The number of the latest review of it, or 0: `seen` in a decision.
    pub(super) seen: i64,
    /// The address for people.
    pub(super) href: String,
}

/// A reason, with its weight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// The reason, in English.
    pub(super) what: String,
    /// How much it speaks for the verdict; below 0: against it.
    pub(super) weight: f64,
}

/// A place in an archived page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Evidence {
    /// The archived page.
    pub(super) capture: Capture,
    /// The words there; `null` if the evidence is that they are missing.
    pub(super) quote: Option<Quote>,
    /// Where that is, in English.
    pub(super) note: Option<String>,
}

/// Words with those around them (W3C TextQuoteSelector).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Quote {
    /// The words.
    pub(super) exact: String,
    /// Those before them.
    pub(super) prefix: String,
    /// Those behind them.
    pub(super) suffix: String,
}

/// A capture, by the fields that identify it in any archive.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Capture {
    /// The address that was asked for.
    pub(super) uri: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(super) date: String,
    /// The digest of the payload; `null` for a failed visit.
    pub(super) payload_digest: Option<String>,
    /// The archive that it was copied from; `null` for our own.
    pub(super) archive: Option<String>,
}

impl Capture {
    /// As programs read it.
    pub(super) fn of(capture: &CaptureRef) -> Self {
        Self {
            uri: capture.target_uri.to_string(),
            date: time(capture.date),
            payload_digest: capture.payload_digest.map(|digest| digest.to_string()),
            archive: capture.source.as_ref().map(|source| source.archive.clone()),
        }
    }
}

impl Finding {
    /// As programs read it.
    pub(super) fn of(item: &Item) -> Self {
        let finding = item.finding();
        Self {
            id: finding.id.0.clone(),
            profile: finding.profile.clone(),
            page: item.placed.page.0.clone(),
            address: item.placed.address.to_string(),
            about: about(&finding.subject),
            claim: finding.subject.claim().map(str::to_owned),
            references: match finding.subject {
                Subject::Reference { number } => vec![number],
                _ => finding.cites.clone(),
            },
            words: finding.subject.words().map(str::to_owned),
            verdict: Label::of(finding).key(),
            said: said(finding),
            since: since(finding),
            weight: finding.weight(),
            state: item.state,
            confidence: finding.confidence,
            reasons: finding
                .reasons
                .iter()
                .map(|reason| Reason {
                    what: reason.what.clone(),
                    weight: reason.weight,
                })
                .collect(),
            evidence: finding
                .evidence
                .iter()
                .map(|evidence| Evidence {
                    capture: Capture::of(&evidence.capture),
                    quote: evidence.quote.as_ref().map(|quote| Quote {
                        exact: quote.exact.clone(),
                        prefix: quote.prefix.clone(),
                        suffix: quote.suffix.clone(),
                    }),
                    note: evidence.note.clone(),
                })
                .collect(),
            changed: time(crate::report::changed(finding)),
            copy: finding.copy.as_ref().map(Capture::of),
            decision: item
                .review
                .as_ref()
                .map(|review| Decided::of(item.seen, review)),
            seen: item.seen,
            href: format!("/f/{}", finding.id),
        }
    }
}

fn about(subject: &Subject) -> &'static str {
    match subject {
        Subject::Reference { .. } => "reference",
        Subject::List { .. } => "list",
        Subject::Name { .. } => "name",
        Subject::NewName { .. } => "new-name",
        Subject::Quotation { .. } => "quotation",
        Subject::Figure { .. } => "figure",
        Subject::Relation { .. } => "relation",
        Subject::Statement { .. } => "statement",
    }
}

/// A visit of a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Visit {
    /// The capture.
    #[serde(flatten)]
    pub(super) capture: Capture,
    /// The HTTP status; `null` for a failed visit.
    pub(super) status: Option<u16>,
    /// What went wrong, for a failed visit.
    pub(super) failure: Option<String>,
    /// Whether the bytes are stored.
    pub(super) held: bool,
    /// Whether its payload is that of the visit before.
    pub(super) revisit: bool,
    /// The address of the copy for people.
    pub(super) href: String,
}

impl Visit {
    /// As programs read it.
    pub(super) fn of(visit: &Dated) -> Self {
        Self {
            capture: Capture {
                uri: visit.target_uri.to_string(),
                date: time(visit.date),
                payload_digest: visit.payload_digest.map(|digest| digest.to_string()),
                archive: visit.source.as_ref().map(|source| source.archive.clone()),
            },
            status: visit.status,
            failure: visit.failure.as_ref().map(|failure| failure.1.clone()),
            held: visit.stored,
            revisit: visit.revisit.is_some(),
            href: format!(
                "/view/{}/{}",
                crate::clock::digits14(visit.date),
                visit.target_uri
            ),
        }
    }
}

/// A host, and the time of the next request to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Host {
    /// Scheme, host and port.
    pub(super) origin: String,
    /// Before this time no request is sent.
    #[schema(format = DateTime)]
    pub(super) next_allowed: Option<String>,
    /// Why it has to wait longer than usual.
    pub(super) reason: Option<String>,
    /// Refusals in a row.
    pub(super) refusals: u32,
    /// When the latest request was sent.
    #[schema(format = DateTime)]
    pub(super) last_request: Option<String>,
    /// How many requests were sent.
    pub(super) requests: u64,
}

/// The head of the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Checkpoint {
    /// How many entries it covers.
    pub(super) size: u64,
    /// The key that signed it.
    pub(super) key: String,
    /// The signed note (C2SP tlog-checkpoint).
    pub(super) note: String,
}

/// The person who sends the request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The name of the account.
    pub(super) name: String,
    /// `viewer`, `reviewer` or `admin`.
    pub(super) role: &'static str,
    /// Whether decisions are taken from them.
    pub(super) decides: bool,
    /// What the field `X-CSRF-Token` of their requests has to have, unless they use a token.
    pub(super) csrf_token: Option<String>,
}

/// How many findings and edits of an article wait.
pub(super) fn waiting(own: &[&Item]) -> (usize, usize) {
    let due = own.iter().filter(|item| item.state.is_due()).count();
    (
        due,
        own.iter()
            .filter(|item| item.state == State::ToEdit)
            .count(),
    )
}

/// The numbers of a profile.
pub(super) fn sizes(profile: &ProfileOf) -> (usize, usize) {
    (profile.references.len(), profile.claims.len())
}
