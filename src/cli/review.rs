//! `stillsays review`: records what a person decides about findings, with time and name; also undoes decisions.

use chrono::NaiveDate;
use clap::{Args, ValueEnum as _};

use crate::{
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
pub(super) struct ReviewArgs {
    /// The findings, by their ids as reports show them, or by at least the first 4 digits
    #[arg(value_name = "FINDING", required = true)]
    findings: Vec<String>,
    /// The decision
    #[arg(value_name = "DECISION", required = true)]
    decision: Word,
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
    fn terms(&self) -> Result<Terms, Failure> {
        let flags = [
            (self.edit, "--edit", Word::Accept),
            (self.keep, "--keep", Word::Accept),
            (self.reason.is_some(), "--reason", Word::Reject),
            (self.until.is_some(), "--until", Word::Later),
        ];
        let wrong = flags.iter().find(|flag| flag.0 && flag.2 != self.decision);
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
        let terms = self.terms()?;
        let profiles = self.profiles.load(session)?;
        let decision = match self.decision {
            Word::Accept => Some(Decision::Accept),
            Word::Reject => Some(Decision::Reject),
            Word::Later => Some(Decision::Later),
            Word::Undo => None,
        };
        let made = Made {
            decision,
            by: self.by.clone().unwrap_or_else(|| session.person()),
            note: self.note.clone(),
            terms,
            anyway: self.anyway,
        };
        made.decide(session, &profiles, &self.findings)
    }
}

/// A decision, for any finding.
struct Made {
    decision: Option<Decision>,
    by: String,
    note: Option<String>,
    terms: Terms,
    anyway: bool,
}

impl Made {
    fn decide(
        &self,
        session: &Session,
        profiles: &[Named],
        findings: &[String],
    ) -> Result<Exit, Failure> {
        let refused = loop {
            let archive = Archive::beside(session, "review")?;
            let decided = archive.write(|store| {
                let about = findings::pick_all(session, store, profiles, findings)?;
                let decisions = about
                    .into_iter()
                    .map(|finding| self.decided(session, finding));
                let decisions: Vec<Decided> = decisions.collect();
                let reviews = store.reviews()?;
                let objections = store.decide(decisions.clone(), self.anyway)?;
                // If `restore` has replaced the store in the meantime, the decision is repeated in the new one.
                Ok((!store.is_replaced()).then(|| {
                    let told = decisions.into_iter().zip(objections);
                    tell(session, told.collect(), &reviews)
                }))
            })?;
            if let Some(refused) = decided {
                break refused;
            }
        };
        Ok(if refused { Exit::Usage } else { Exit::Done })
    }

    fn decided(&self, session: &Session, about: Finding) -> Decided {
        let review = Review {
            finding: about.id.clone(),
            decision: self.decision,
            at: session.clock.now(),
            by: self.by.clone(),
            note: self.note.clone(),
            terms: self.terms.clone(),
        };
        Decided { review, about }
    }
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
        let before = before
            .get(&review.finding)
            .and_then(|review| review.decision);
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
    let note = mark.note.as_ref().map(|note| format!(": “{note}”"));
    format!(
        "{word} by {} on {}{}",
        mark.by,
        mark.at.format("%Y-%m-%d %H:%M UTC"),
        note.unwrap_or_default()
    )
}
