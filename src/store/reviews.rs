//! Reviews: the decisions of people, in order, each with the finding as it was.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Fault, Store, StoreError, aside, instant,
    ledger::{self, Kind},
    micros,
};
use crate::{
    finding::{
        Decided, Decision, Finding, FindingId, Objection, Review, Standing, Terms, applying,
    },
    ledger::Leaf,
};

/// The columns of a review, in the order of [`review_of`].
const COLUMNS: &str = "finding, decision, at, author, note, terms";

impl Store {
    /// Stores a decision, whatever others decided, with the finding as the person saw it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add_review(&self, review: &Review, about: Option<&Finding>) -> Result<(), StoreError> {
        let review = review.clone();
        let about = about.map(|about| self.json(about)).transpose()?;
        self.write(move |connection| insert(connection, &review, about.as_deref()))
    }

    /// Stores decisions about several findings; returns for each, in order, why it was refused, if it was.
    ///
    /// Decisions of others are checked in the same transaction, so of two people who decide at the same time, the second learns of
    /// the first. `anyway` skips this check.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn decide(
        &self,
        decisions: Vec<Decided>,
        anyway: bool,
    ) -> Result<Vec<Option<Objection>>, StoreError> {
        self.decide_as(over(decisions, anyway), false)
    }

    /// As [`Store::decide`], but if one decision is refused, none is kept.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn decide_all(
        &self,
        decisions: Vec<Decided>,
        anyway: bool,
    ) -> Result<Vec<Option<Objection>>, StoreError> {
        self.decide_as(over(decisions, anyway), true)
    }

    /// As [`Store::decide_all`], for a person who saw a form: with each decision, the number of the latest review of the finding
    /// that the form showed, or 0. A decision of someone else is replaced if it was shown, and otherwise refuses all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn decide_seeing(
        &self,
        decisions: Vec<(Decided, i64)>,
    ) -> Result<Vec<Option<Objection>>, StoreError> {
        let decisions = decisions.into_iter();
        let decisions = decisions.map(|(decided, seen)| (decided, Over::Seen(seen)));
        self.decide_as(decisions.collect(), true)
    }

    fn decide_as(
        &self,
        decisions: Vec<(Decided, Over)>,
        all_or_none: bool,
    ) -> Result<Vec<Option<Objection>>, StoreError> {
        let decisions: Vec<(Decided, Over, String)> = decisions
            .into_iter()
            .map(|(decision, over)| {
                let about = self.json(&decision.about)?;
                Ok((decision, over, about))
            })
            .collect::<Result<_, StoreError>>()?;
        self.write(move |connection| {
            if all_or_none {
                let check = |it: &(Decided, Over, String)| Ok(judged(connection, &it.0, it.1)?.1);
                let objections = decisions.iter().map(check);
                let objections: Vec<Option<Objection>> =
                    objections.collect::<Result<_, Fault>>()?;
                if objections.iter().any(Option::is_some) {
                    return Ok(objections);
                }
            }
            let one = |(decided, over, about): &(Decided, Over, String)| {
                decide(connection, decided, about, *over)
            };
            decisions.iter().map(one).collect()
        })
    }

    /// A finding as it was at the last decision about it; `None` without one.
    ///
    /// # Errors
    /// The file cannot be read, or what was kept does not read back.
    pub fn reviewed(&self, id: &FindingId) -> Result<Option<Finding>, StoreError> {
        self.read(|connection| {
            let json: Option<String> = connection
                .prepare_cached(
                    "SELECT about FROM review WHERE finding = ?1 AND about IS NOT NULL ORDER BY id DESC LIMIT 1",
                )?
                .query_row([&id.0], |row| row.get(0))
                .optional()?;
            json.map(|json| serde_json::from_str(&json).map_err(Fault::damaged))
                .transpose()
        })
    }

    /// Every review, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reviews(&self) -> Result<Vec<Review>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM review ORDER BY id");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(())?;
            let mut reviews = Vec::new();
            while let Some(row) = rows.next()? {
                reviews.push(review_of(row)?);
            }
            Ok(reviews)
        })
    }

    /// The reviews after the one with that number, with their numbers, oldest first; after 0, all.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reviews_after(&self, number: i64) -> Result<Vec<(i64, Review)>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS}, id FROM review WHERE id > ?1 ORDER BY id");
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([number])?;
            let mut reviews = Vec::new();
            while let Some(row) = rows.next()? {
                reviews.push((row.get(6)?, review_of(row)?));
            }
            Ok(reviews)
        })
    }

    /// Every review of a finding of a profile, with the finding as it was; oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or what was kept does not read back.
    pub fn decided(&self, profile: &str) -> Result<Vec<Decided>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {COLUMNS}, about FROM review WHERE about ->> '$.profile' = ?1 ORDER BY id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([profile])?;
            let mut decided = Vec::new();
            while let Some(row) = rows.next()? {
                let about: String = row.get(6)?;
                decided.push(Decided {
                    review: review_of(row)?,
                    about: serde_json::from_str(&about).map_err(Fault::damaged)?,
                });
            }
            Ok(decided)
        })
    }

    fn json(&self, finding: &Finding) -> Result<String, StoreError> {
        serde_json::to_string(finding)
            .map_err(|error| Fault::Damaged(error.to_string()).at(self.path()))
    }
}

/// Which decisions of others a decision replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// None.
    None,
    /// Any.
    Any,
    /// That of the review with this number, or an earlier one.
    Seen(i64),
}

fn over(decisions: Vec<Decided>, anyway: bool) -> Vec<(Decided, Over)> {
    let over = if anyway { Over::Any } else { Over::None };
    decisions
        .into_iter()
        .map(|decision| (decision, over))
        .collect()
}

/// The decision as it would be kept, and what speaks against it.
fn judged(
    connection: &Connection,
    decided: &Decided,
    over: Over,
) -> Result<(Review, Option<Objection>), Fault> {
    let mut review = match decided.clone().fitted() {
        Ok(fits) => fits.review,
        Err(unfit) => return Ok((decided.review.clone(), Some(Objection::Unfit(unfit)))),
    };
    let sql = format!("SELECT {COLUMNS}, id FROM review WHERE finding = ?1 ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([&review.finding.0])?;
    let (mut before, mut last) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        before.push(review_of(row)?);
        last = row.get(6)?;
    }
    let replaces = match over {
        Over::None => false,
        Over::Any => true,
        Over::Seen(number) => number >= last,
    };
    let standing = Standing::under(
        &decided.about,
        applying(&before).get(&review.finding).copied(),
        review.at.date_naive(),
    );
    // If the clock went back, the decision would otherwise seem older than the one it replaces.
    if let Some(last) = before.iter().map(|before| before.at).max() {
        review.at = review.at.max(last);
    }
    let objection = standing.objection(&review);
    Ok((
        review,
        objection.filter(|objection| !(replaces && matches!(objection, Objection::DecidedBy(_)))),
    ))
}

/// Stores one decision, unless it must be refused.
fn decide(
    connection: &Connection,
    decided: &Decided,
    about: &str,
    over: Over,
) -> Result<Option<Objection>, Fault> {
    let (review, objection) = judged(connection, decided, over)?;
    if objection.is_none() {
        insert(connection, &review, Some(about))?;
    }
    Ok(objection)
}

fn insert(connection: &Connection, review: &Review, about: Option<&str>) -> Result<(), Fault> {
    let decision = review.decision.map(decision_word);
    let terms = (review.terms != Terms::default())
        .then(|| serde_json::to_string(&review.terms).map_err(Fault::damaged))
        .transpose()?;
    let id = connection
        .prepare_cached(
            "INSERT INTO review (finding, decision, at, author, note, about, terms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            review.finding.0,
            decision,
            micros(review.at),
            review.by,
            review.note,
            about,
            terms,
        ])?;
    let leaf = Leaf::Review {
        id,
        finding: &review.finding.0,
        decision,
        at: review.at,
        by: &review.by,
        note: review.note.as_deref(),
        about,
        terms: terms.as_deref(),
    };
    ledger::append(connection, Kind::Review, id, &leaf)?;
    // Most decisions have nothing to do with captures that are set aside.
    let sets_aside: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM review WHERE finding = ?1 AND terms ->> '$.mistake' = 'bad-copy')",
        )?
        .query_row([&review.finding.0], |row| row.get(0))?;
    if sets_aside {
        aside::refresh(connection)?;
    }
    Ok(())
}

/// All reviews of the findings of which a review said that a capture is not the page, oldest first.
pub(super) fn about_captures(connection: &Connection) -> Result<Vec<Review>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM review WHERE finding IN
             (SELECT finding FROM review WHERE terms ->> '$.mistake' = 'bad-copy') ORDER BY id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(())?;
    let mut reviews = Vec::new();
    while let Some(row) = rows.next()? {
        reviews.push(review_of(row)?);
    }
    Ok(reviews)
}

fn review_of(row: &Row<'_>) -> Result<Review, Fault> {
    Ok(Review {
        finding: FindingId(row.get(0)?),
        decision: row
            .get::<_, Option<String>>(1)?
            .map(|row| decision(&row))
            .transpose()?,
        at: instant(row.get(2)?)?,
        by: row.get(3)?,
        note: row.get(4)?,
        terms: row
            .get::<_, Option<String>>(5)?
            .map(|row| serde_json::from_str(&row).map_err(Fault::damaged))
            .transpose()?
            .unwrap_or_default(),
    })
}

fn decision_word(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "accept",
        Decision::Reject => "reject",
        Decision::Later => "later",
    }
}

fn decision(word: &str) -> Result<Decision, Fault> {
    match word {
        "accept" => Ok(Decision::Accept),
        "reject" => Ok(Decision::Reject),
        "later" => Ok(Decision::Later),
        other => Err(Fault::damaged(format!("`{other}` is not a decision"))),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        time::Instant,
    };

    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{Conclusion, Subject, Verdict},
        ledger::Signer,
        store::{Access, Crawl},
    };

    fn decided(name: &str, decision: Option<Decision>, by: &str, at: &str) -> Decided {
        let subject = Subject::Name {
            claim: "c".into(),
            name: name.into(),
        };
        let conclusion = Conclusion::Verdict(Verdict::Absent);
        let about = Finding::of("p", subject, conclusion, &[1]);
        let review = Review {
            finding: about.id.clone(),
            decision,
            at: parse_digits14(at).unwrap(),
            by: by.into(),
            note: None,
            terms: crate::finding::Terms::default(),
        };
        Decided { review, about }
    }

    #[test]
    fn of_two_who_decide_the_second_learns_of_the_first_and_other_decisions_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (one, other) = (
            Store::open(&path, Access::Create).unwrap(),
            Store::open(&path, Access::ReadWrite).unwrap(),
        );
        let accept = Some(Decision::Accept);
        let first = decided("A", accept, "anna", "20250101");
        assert_eq!(one.decide(vec![first.clone()], false).unwrap(), [None]);
        let second = decided("A", Some(Decision::Reject), "ben", "20250102");
        let free = decided("B", accept, "ben", "20250102");
        let answers = other.decide(vec![second.clone(), free], false).unwrap();
        assert!(
            matches!(answers[..], [Some(Objection::DecidedBy(_)), None]),
            "{answers:?}"
        );
        assert_eq!(one.reviews().unwrap().len(), 2);
        assert_eq!(other.decide(vec![second], true).unwrap(), [None]);
        let all = one.decided("p").unwrap();
        assert_eq!(all.len(), 3);
        assert_eq!(all[0], first);
        assert_eq!(one.decided("q").unwrap(), []);
    }

    #[test]
    fn a_form_replaces_what_it_showed_and_nothing_else_and_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), Access::Create).unwrap();
        let accept = Some(Decision::Accept);
        let anna = decided("A", accept, "anna", "20250101");
        assert_eq!(store.decide_seeing(vec![(anna, 0)]).unwrap(), [None]);
        let ben = decided("A", Some(Decision::Reject), "ben", "20250102");
        let free = decided("B", accept, "ben", "20250102");
        let both = vec![(ben.clone(), 0), (free, 0)];
        let refused = store.decide_seeing(both).unwrap();
        assert!(matches!(refused[..], [Some(Objection::DecidedBy(_)), None]));
        let all = store.reviews_after(0).unwrap();
        assert_eq!(all.len(), 1);
        let seen = all[0].0;
        assert_eq!(store.decide_seeing(vec![(ben, seen)]).unwrap(), [None]);
        assert_eq!(store.reviews_after(seen).unwrap().len(), 1);
    }

    #[test]
    fn a_decision_under_a_clock_that_went_back_still_counts_as_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), Access::Create).unwrap();
        let late = decided("A", Some(Decision::Accept), "anna", "20250102");
        let undo = decided("A", None, "anna", "20250101");
        for it in [&late, &undo] {
            assert_eq!(store.decide(vec![it.clone()], false).unwrap(), [None]);
        }
        let reviews = store.reviews().unwrap();
        assert_eq!(
            Standing::of(&late.about, &reviews, late.review.at.date_naive()),
            Standing::Open
        );
    }

    #[test]
    fn decisions_and_seals_get_their_turn_while_another_program_writes_all_the_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let busy = Store::open(&path, Access::Create).unwrap();
        let signer = Signer::generate(None).unwrap();
        let (ended, now) = (AtomicBool::new(false), parse_digits14("2026").unwrap());
        std::thread::scope(|scope| {
            // Several, so that there is always one more write when a commit is done.
            for _ in 0..4 {
                scope.spawn(|| {
                    while !ended.load(Ordering::SeqCst) {
                        let crawl = Crawl {
                            started: now,
                            software: "stillsays/test".into(),
                            command: "import".into(),
                        };
                        busy.begin_crawl(&crawl).unwrap();
                    }
                });
            }
            let store = Store::open(&path, Access::ReadWrite).unwrap();
            let begun = Instant::now();
            let decide = |number: u32| {
                let one = decided(&number.to_string(), Some(Decision::Accept), "anna", "2025");
                let taken = store.decide(vec![one], false);
                taken.and_then(|taken| store.seal(&signer, now).map(|_| taken))
            };
            let taken: Vec<_> = (0..10).map(decide).collect();
            ended.store(true, Ordering::SeqCst);
            for it in taken {
                assert_eq!(it.unwrap(), [None]);
            }
            println!("10 decisions and their seals took {:?}", begun.elapsed());
            busy.seal(&signer, now).unwrap();
        });
        assert_eq!(busy.reviews().unwrap().len(), 10);
        let problems = busy.verify(&crate::store::Trust::default(), &mut |_| {});
        assert_eq!(problems.unwrap().problems, []);
    }
}
