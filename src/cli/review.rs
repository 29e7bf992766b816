//! `stillsays review`: records what a person decides about findings, with time and name; also undoes decisions.

mod sheet;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum as _};

use crate::{
    digest::ContentDigest,
    finding::{
        Conclusion, Decided, Decision, Finding, FindingId, Mistake, Objection, Outcome, Review,
        Standing, Terms, Verdict, applying,
    },
    pipeline::Named,
    report::Label,
    text::counted,
};

use super::{Exit, Failure, Session, archive::Archive, findings, profiles::ProfilesArgs};

/// Arguments of `review`.
#[derive(Args, Debug)]
#[command(
    override_usage = "stillsays review [OPTIONS] <FINDING>... <DECISION>\n       stillsays review [OPTIONS] --from <FILE>"
)]
pub(super) struct ReviewArgs {
    /// The findings, by their ids as reports show them, or by at least the first 4 digits (`batch-…` stands for all that
    /// were decided together); then the decision
    ///
    /// Decisions: `accept` (the finding is right), `reject` (it is wrong), `later` (look at it again), `undo` (take back the
    /// last decision; the one before it applies again).
    #[arg(value_name = "FINDING", num_args = 2.., required_unless_present = "from")]
    words: Vec<String>,
    /// Read decisions from a sheet that `report --format csv` wrote, its column `decision` filled in; all rows or none
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "edit", "keep", "reason", "until"])]
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
            (self.until.is_some(), "--until", Word::Later),
        ];
        let wrong = flags.iter().find(|it| it.0 && it.2 != decision);
        if let Some((_, flag, word)) = wrong {
            let word = word
                .to_possible_value()
                .map_or_else(String::new, |it| it.get_name().to_owned());
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
            until: self.until,
            batch: None,
        })
    }

    /// Needs no run lock: a decision is one short transaction, even during a run.
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
        let rows: Vec<Made> = findings.iter().map(|it| made.about(it)).collect();
        decide(session, &profiles, &rows, self.anyway, false)
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
    let rows: Vec<Made> = findings.iter().map(|it| made.about(it)).collect();
    // Who made the edit need not be who asked for it.
    decide(session, profiles, &rows, true, true)
}

/// Stands for what the parser of the command line has made sure of.
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
    let refused = loop {
        let archive = Archive::beside(session, "review")?;
        let decided = archive.write(|store| {
            let reviews = store.reviews()?;
            let rows = opened(rows, &reviews)?;
            let mut typed = Vec::new();
            for row in &rows {
                let found = findings::pick(session, store, profiles, &row.finding);
                let about = found.map_err(|it| match &row.place {
                    Some(place) => it.at(place),
                    None => it,
                })?;
                if !typed
                    .iter()
                    .any(|it: &(&Made, Finding)| it.1.id == about.id)
                {
                    typed.push((row, about));
                }
            }
            let batch = batch_of(session, &typed);
            let decisions = typed.into_iter();
            let decisions = decisions.map(|(row, it)| row.decided(session, it, batch.as_ref()));
            let decisions: Vec<Decided> = decisions.collect();
            let objections = if together {
                store.decide_all(decisions.clone(), anyway)?
            } else {
                store.decide(decisions.clone(), anyway)?
            };
            let nothing = together && objections.iter().any(Option::is_some);
            // If `restore` has replaced the store in the meantime, the decision is repeated in the new one.
            Ok((!store.is_replaced()).then(|| {
                let told = decisions.into_iter().zip(objections);
                let told = told.filter(|it| !nothing || it.1.is_some());
                let refused = tell(session, told.collect(), &reviews);
                if nothing {
                    session.remark("no decision was recorded");
                } else if let Some(batch) = &batch {
                    session.remark(&format!(
                        "undo all: {} review {batch} undo",
                        session.program
                    ));
                }
                refused
            }))
        })?;
        if let Some(refused) = decided {
            break refused;
        }
    };
    Ok(if refused { Exit::Usage } else { Exit::Done })
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
            .filter(|it| it.terms.batch.as_ref() == Some(&row.finding));
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

/// The beginning of a batch's name.
const BATCH: &str = "batch-";

/// The name of what is decided together; none for a single finding.
fn batch_of(session: &Session, typed: &[(&Made, Finding)]) -> Option<String> {
    let decides = typed.iter().any(|it| it.0.decision.is_some());
    let ids: Vec<&str> = typed.iter().map(|it| it.1.id.0.as_str()).collect();
    let all = format!("{} {}", session.clock.now(), ids.join(" "));
    let digest = ContentDigest::of(all.as_bytes()).short();
    (decides && typed.len() > 1).then(|| format!("{BATCH}{}", digest.get(..8).unwrap_or(&digest)))
}

/// Prints the result of each decision; returns whether one was refused. `reviews` are the earlier ones.
fn tell(
    session: &Session,
    decisions: Vec<(Decided, Option<Objection>)>,
    reviews: &[Review],
) -> bool {
    let (mut refused, mut teaches, mut to_edit) = (false, false, 0_usize);
    let before = applying(reviews);
    for (Decided { review, about }, objection) in decisions {
        if let Some(objection) = objection {
            refused = true;
            refusal(&review.finding, &objection).tell();
            continue;
        }
        let done = match review.decision {
            Some(Decision::Accept) if review.terms.outcome == Some(Outcome::Done) => {
                "accepted, and the article was edited"
            }
            Some(Decision::Accept) if review.asks_for_an_edit(&about) => {
                to_edit += 1;
                "accepted: the article needs an edit"
            }
            Some(Decision::Accept) => "accepted: the article stays as it is",
            Some(Decision::Reject) => "rejected",
            Some(Decision::Later) => "put off",
            None => "back to the decision before",
        };
        session.remark(&format!(
            "{} ({}) is {done}",
            review.finding,
            Label::of(&about).words()
        ));
        // A rejected rename keeps two names apart; undoing it changes findings.
        let is_rename = matches!(
            about.conclusion,
            Conclusion::Verdict(Verdict::Renamed { .. })
        );
        let before = before.get(&review.finding).and_then(|it| it.decision);
        teaches |= is_rename && [before, review.decision].contains(&Some(Decision::Reject));
    }
    if to_edit > 0 {
        let edits = counted(to_edit, "edit waits", "edits wait");
        session.remark(&format!(
            "{edits}: `{} edits` prints what to paste",
            session.program
        ));
    }
    if teaches {
        session.remark("other findings may change; see the next report");
    }
    refused
}

fn refusal(finding: &FindingId, objection: &Objection) -> Failure {
    match objection {
        Objection::NothingToUndo => {
            Failure::usage(anyhow::anyhow!("there is no decision about {finding}"))
                .hint("only an existing decision can be taken back; `stillsays report` lists them")
        }
        Objection::DecidedBy(standing) => {
            Failure::usage(anyhow::anyhow!("{finding} was {}", told(standing)))
                .hint("talk to each other, or decide anyway with --anyway")
        }
    }
}

/// `rejected by ben on 2026-04-02 12:00 UTC: “two centers”`.
fn told(standing: &Standing) -> String {
    let Some((word, mark)) = standing.word().zip(standing.mark()) else {
        return "decided".to_owned();
    };
    let note = mark.note.as_ref().map(|it| format!(": “{it}”"));
    format!(
        "{word} by {} on {}{}",
        mark.by,
        mark.at.format("%Y-%m-%d %H:%M UTC"),
        note.unwrap_or_default()
    )
}
