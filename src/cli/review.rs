//! `stillsays review`: records what a person decides about findings, with time and name; also undoes decisions.

mod sheet;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum as _};

use std::collections::BTreeSet;

use crate::{
    finding::{
        BATCH, Decided, Decision, Finding, FindingId, Lesson, Mistake, Objection, Outcome, Review,
        Standing, Terms, Unfit, batch_name,
    },
    pipeline::{self, Named},
    report::Label,
    selector::TextQuoteSelector,
    store::Store,
    text::counted,
};

use super::{Exit, Failure, Session, archive::Archive, findings, profiles::ProfilesArgs};

/// Arguments of `review`.
#[derive(Args, Debug)]
#[command(
    override_usage = "stillsays review [OPTIONS] <FINDING>... <DECISION>\n       stillsays review [OPTIONS] --from <FILE>"
)]
pub(super) struct ReviewArgs {
    /// The findings, by their ids as reports show them, or by at least the first 4 digits (`batch-…` means all that
    /// were decided together); then the decision
    ///
    /// Decisions: `accept` (the finding is right), `reject` (it is wrong), `later` (look at it again), `undo` (take back the
    /// last decision; the one before it applies again).
    #[arg(value_name = "FINDING", num_args = 2.., required_unless_present = "from")]
    words: Vec<String>,
    /// Read decisions from a sheet that `report --format csv` wrote, its column `decision` filled in; all rows or none
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "edit", "keep", "reason", "quote", "until"])]
    from: Option<PathBuf>,
    /// The reason, in your words
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The name of the reviewer [default: the setting `reviewer`, or the name of the account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// With accept: the article needs an edit [default for everything except new names]
    #[arg(long, conflicts_with = "keep")]
    edit: bool,
    /// With accept: the article stays as it is [default for new names]
    #[arg(long)]
    keep: bool,
    /// With reject: what is wrong with the finding
    #[arg(long, value_name = "REASON")]
    reason: Option<Wrong>,
    /// With reject: the words on the page that were missed (`on-page`), or the other name (`same-name`, `other-body`)
    #[arg(long = "words", id = "quote", value_name = "TEXT")]
    quote: Option<String>,
    /// With later: the day on which to look at it again
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// Decide even if someone else has decided
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    profiles: ProfilesArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Word {
    /// The finding is right
    Accept,
    /// The finding is wrong
    Reject,
    /// Look at the finding again later
    Later,
    /// Take back the last decision; the one before it applies again
    Undo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Wrong {
    /// Two spellings of one name
    SameName,
    /// Two names of different organizations
    OtherBody,
    /// It is on the page
    OnPage,
    /// The capture does not show the page
    BadCopy,
    /// Another reason
    Other,
}

impl From<Wrong> for Mistake {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::SameName => Self::SameName,
            Wrong::OtherBody => Self::OtherBody,
            Wrong::OnPage => Self::OnPage,
            Wrong::BadCopy => Self::BadCopy,
            Wrong::Other => Self::Other,
        }
    }
}

impl ReviewArgs {
    /// The terms in the flags, each of which belongs to one decision.
    fn terms(&self, decision: Word) -> Result<Terms, Failure> {
        let flags = [
            (self.edit, "--edit", Word::Accept),
            (self.keep, "--keep", Word::Accept),
            (self.reason.is_some(), "--reason", Word::Reject),
            (self.quote.is_some(), "--words", Word::Reject),
            (self.until.is_some(), "--until", Word::Later),
        ];
        let wrong = flags.iter().find(|flag| flag.0 && flag.2 != decision);
        if let Some((_, flag, word)) = wrong {
            let word = word
                .to_possible_value()
                .map_or_else(String::new, |word| word.get_name().to_owned());
            return Err(Failure::usage(anyhow::anyhow!("{flag} goes with `{word}`")));
        }
        let outcome = match (self.edit, self.keep) {
            (true, _) => Some(Outcome::Edit),
            (_, true) => Some(Outcome::Keep),
            _ => None,
        };
        Ok(Terms {
            outcome,
            mistake: self.reason.map(Mistake::from),
            words: self.quote.as_deref().map(quoted),
            until: self.until,
            ..Terms::default()
        })
    }

    /// Records the decisions. Needs no run lock: each is one short transaction, even during a run.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        if let Some(file) = &self.from {
            let by = self.by.clone().unwrap_or_else(|| session.person());
            let rows = sheet::read(file, &by, self.note.as_deref())?;
            return decide(session, &profiles, &rows, self.anyway, true);
        }
        let (last, findings) = self.words.split_last().unwrap_or((&NO_WORD, &[]));
        let word = Word::from_str(last, true).map_err(|_| {
            Failure::usage(anyhow::anyhow!("`{last}` is not a decision"))
                .hint("write accept, reject, later or undo behind the findings")
        })?;
        let decision = match word {
            Word::Accept => Some(Decision::Accept),
            Word::Reject => Some(Decision::Reject),
            Word::Later => Some(Decision::Later),
            Word::Undo => None,
        };
        let made = Made {
            finding: String::new(),
            place: None,
            decision,
            by: self.by.clone().unwrap_or_else(|| session.person()),
            note: self.note.clone(),
            terms: self.terms(word)?,
        };
        let rows: Vec<Made> = findings.iter().map(|finding| made.about(finding)).collect();
        decide(session, &profiles, &rows, self.anyway, false)
    }
}

/// Words that a person typed, wherever they are on the page.
fn quoted(words: &str) -> TextQuoteSelector {
    TextQuoteSelector {
        exact: words.to_owned(),
        prefix: String::new(),
        suffix: String::new(),
    }
}

/// Marks the edits of findings as made.
pub(super) fn mark_done(
    session: &Session,
    profiles: &[Named],
    findings: &[String],
    note: Option<String>,
    by: Option<String>,
) -> Result<Exit, Failure> {
    let made = Made {
        finding: String::new(),
        place: None,
        decision: Some(Decision::Accept),
        by: by.unwrap_or_else(|| session.person()),
        note,
        terms: Terms {
            outcome: Some(Outcome::Done),
            ..Terms::default()
        },
    };
    let rows: Vec<Made> = findings.iter().map(|finding| made.about(finding)).collect();
    // The person who made the edit need not be the one who decided on it.
    decide(session, profiles, &rows, true, true)
}

/// For places where the command-line parser guarantees a word.
static NO_WORD: String = String::new();

/// A decision that a person typed or wrote into a sheet.
#[derive(Clone, Debug)]
struct Made {
    /// The finding, as it was typed.
    finding: String,
    /// The file and line that it comes from.
    place: Option<String>,
    decision: Option<Decision>,
    by: String,
    note: Option<String>,
    terms: Terms,
}

impl Made {
    fn about(&self, finding: &str) -> Self {
        Self {
            finding: finding.to_owned(),
            ..self.clone()
        }
    }

    fn decided(&self, session: &Session, about: Finding, batch: Option<&String>) -> Decided {
        let review = Review {
            finding: about.id.clone(),
            decision: self.decision,
            at: session.clock.now(),
            by: self.by.clone(),
            note: self.note.clone(),
            terms: Terms {
                batch: batch.cloned(),
                ..self.terms.clone()
            },
        };
        Decided { review, about }
    }
}

/// Keeps decisions; `together`, if one is refused, none is kept.
fn decide(
    session: &Session,
    profiles: &[Named],
    rows: &[Made],
    anyway: bool,
    together: bool,
) -> Result<Exit, Failure> {
    loop {
        let archive = Archive::beside(session, "review")?;
        let decided = archive.write(|store| {
            let rows = opened(rows, &store.reviews()?)?;
            let typed = typed(session, store, profiles, &rows)?;
            let batch = batch_of(session, &typed);
            let decisions = typed.into_iter();
            let decisions =
                decisions.map(|(row, decision)| row.decided(session, decision, batch.as_ref()));
            let decisions: Vec<Decided> = decisions.collect();
            let teaching = Teaching::before(session, store, profiles, &decisions)?;
            let objections = if together {
                store.decide_all(decisions.clone(), anyway)?
            } else {
                store.decide(decisions.clone(), anyway)?
            };
            // If `restore` has replaced the store in the meantime, the decision is repeated in the new one.
            if store.is_replaced() {
                return Ok(None);
            }
            let nothing = together && objections.iter().any(Option::is_some);
            let to_print = decisions.into_iter().zip(objections);
            let to_print = to_print.filter(|pair| !nothing || pair.1.is_some());
            let refused = tell(session, to_print.collect());
            if nothing {
                session.remark("no decision was recorded");
                return Ok(Some(refused));
            }
            teaching.tell(session, store)?;
            if let Some(batch) = &batch {
                let command = &session.program;
                session.remark(&format!("undo all: {command} review {batch} undo"));
            }
            Ok(Some(refused))
        })?;
        if let Some(refused) = decided {
            return Ok(if refused { Exit::Usage } else { Exit::Done });
        }
    }
}

/// The findings that rows are about, each once.
fn typed<'r>(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    rows: &'r [Made],
) -> Result<Vec<(&'r Made, Finding)>, Failure> {
    let mut typed: Vec<(&Made, Finding)> = Vec::new();
    for row in rows {
        let found = findings::pick(session, store, profiles, &row.finding);
        let about = found.map_err(|it| match &row.place {
            Some(place) => it.at(place),
            None => it,
        })?;
        if typed.iter().all(|it| it.1.id != about.id) {
            typed.push((row, about));
        }
    }
    Ok(typed)
}

/// What decisions teach: lessons, and the profiles whose questions they can settle.
struct Teaching<'a> {
    lessons: Vec<Lesson>,
    /// The findings that are decided about.
    about: BTreeSet<FindingId>,
    /// The profiles, each with its open questions before the decisions.
    open: Vec<(&'a Named, BTreeSet<FindingId>)>,
}

impl<'a> Teaching<'a> {
    /// What `decisions` teach, or no longer do, taken before they are kept.
    fn before(
        session: &Session,
        store: &Store,
        profiles: &'a [Named],
        decisions: &[Decided],
    ) -> Result<Self, Failure> {
        let now = session.clock.now();
        let earlier = store.decisions(now)?;
        let mut it = Self {
            lessons: Vec::new(),
            about: decisions
                .iter()
                .map(|decision| decision.about.id.clone())
                .collect(),
            open: Vec::new(),
        };
        let mut touched: BTreeSet<&str> = BTreeSet::new();
        for decided in decisions {
            let lesson = decided
                .clone()
                .fitted()
                .ok()
                .and_then(|fitted| fitted.lesson());
            let unlearned = earlier.review(&decided.about.id).and_then(|review| {
                let (review, about) = (review.clone(), decided.about.clone());
                Decided { review, about }.lesson()
            });
            let both = [&lesson, &unlearned].into_iter().flatten();
            if both.into_iter().any(Lesson::changes_findings) {
                touched.insert(&decided.about.profile);
            }
            it.lessons.extend(lesson);
        }
        let comparing = findings::comparing(session);
        for named in profiles
            .iter()
            .filter(|profile| touched.contains(profile.name.as_str()))
        {
            let open = pipeline::open_questions(store, named, &comparing, now)?;
            it.open.push((named, open));
        }
        Ok(it)
    }

    /// Prints what was learned and what follows from it, once the decisions are stored.
    fn tell(self, session: &Session, store: &Store) -> Result<(), Failure> {
        for lesson in &self.lessons {
            session.remark(&lesson.words());
        }
        let comparing = findings::comparing(session);
        let (mut settled, mut raised) = (0, 0);
        for (named, before) in self.open {
            let now = session.clock.now();
            let after = pipeline::open_questions(store, named, &comparing, now)?;
            let others = |id: &&FindingId| !self.about.contains(*id);
            settled += before.difference(&after).filter(others).count();
            raised += after.difference(&before).filter(others).count();
        }
        if settled > 0 {
            let findings = counted(settled, "more finding", "more findings");
            session.remark(&format!("this settles {findings}"));
        }
        if raised > 0 {
            let findings = counted(raised, "finding is", "findings are");
            session.remark(&format!("{findings} new or open again because of it"));
        }
        Ok(())
    }
}

/// The decisions with every `batch-…` replaced by the findings that were decided in it.
fn opened(rows: &[Made], reviews: &[Review]) -> Result<Vec<Made>, Failure> {
    let mut opened = Vec::new();
    for row in rows {
        if !row.finding.starts_with(BATCH) {
            opened.push(row.clone());
            continue;
        }
        let own = reviews
            .iter()
            .filter(|review| review.terms.batch.as_ref() == Some(&row.finding));
        let before = opened.len();
        opened.extend(own.map(|it| row.about(&it.finding.0)));
        if opened.len() == before {
            return Err(
                Failure::usage(anyhow::anyhow!("there is no batch `{}`", row.finding)).hint(
                    "`stillsays review` prints the batch when it records several decisions at once",
                ),
            );
        }
    }
    Ok(opened)
}

/// The name of what is decided together; none for a single finding.
fn batch_of(session: &Session, typed: &[(&Made, Finding)]) -> Option<String> {
    let decides = typed.iter().any(|it| it.0.decision.is_some());
    let ids = typed.iter().map(|typed| &typed.1.id);
    (decides && typed.len() > 1).then(|| batch_name(session.clock.now(), ids))
}

/// Prints the result of each decision; returns whether one was refused.
fn tell(session: &Session, decisions: Vec<(Decided, Option<Objection>)>) -> bool {
    let (mut refused, mut to_edit) = (false, 0_usize);
    for (Decided { review, about }, objection) in decisions {
        if let Some(objection) = objection {
            refused = true;
            refusal(&review.finding, &objection).tell();
            continue;
        }
        let done = match review.decision {
            Some(Decision::Accept) if review.terms.outcome == Some(Outcome::Done) => {
                "accepted, and the article was edited".to_owned()
            }
            Some(Decision::Accept) if review.asks_for_an_edit(&about) => {
                to_edit += 1;
                "accepted: the article needs an edit".to_owned()
            }
            Some(Decision::Accept) => "accepted: the article stays as it is".to_owned(),
            Some(Decision::Reject) => "rejected".to_owned(),
            Some(Decision::Later) => match review.terms.until {
                Some(day) => format!("put off until {day}"),
                None => "put off".to_owned(),
            },
            None => "back to the decision before".to_owned(),
        };
        session.remark(&format!(
            "{} ({}) is {done}",
            review.finding,
            Label::of(&about).words()
        ));
    }
    if to_edit > 0 {
        let edits = counted(to_edit, "edit waits", "edits wait");
        session.remark(&format!(
            "{edits}: `{} edits` prints what to paste",
            session.program
        ));
    }
    refused
}

fn refusal(finding: &FindingId, objection: &Objection) -> Failure {
    match objection {
        Objection::NothingToUndo => {
            Failure::usage(anyhow::anyhow!("there is no decision about {finding}"))
                .hint("only an existing decision can be taken back; `stillsays report` lists them")
        }
        Objection::Unfit(Unfit::NoOtherName) => {
            Failure::usage(anyhow::anyhow!("{finding} names no other organization"))
                .hint("write the other name behind --words")
        }
        Objection::Unfit(Unfit::NoCapture) => Failure::usage(anyhow::anyhow!(
            "{finding} does not rest on a capture of a page"
        ))
        .hint("write another reason, or none"),
        Objection::DecidedBy(standing) => {
            Failure::usage(anyhow::anyhow!("{finding} was {}", decided_text(standing)))
                .hint("talk to each other, or decide anyway with --anyway")
        }
    }
}

/// `rejected by ben on 2026-04-02 12:00 UTC: “two centers”`.
fn decided_text(standing: &Standing) -> String {
    let Some((word, mark)) = standing.word().zip(standing.mark()) else {
        return "decided".to_owned();
    };
    let note = mark.note.as_ref().map(|note| format!(": “{note}”"));
    format!(
        "{word} by {} on {}{}",
        mark.by,
        crate::clock::minute(mark.at),
        note.unwrap_or_default()
    )
}
