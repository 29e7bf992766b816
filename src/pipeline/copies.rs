//! What copies from other archives say about claims: the state of a page on some day, for the baseline and the history, never
//! for what the page says now. Each copy is read by itself, by the same rules as a visit.

use std::collections::{BTreeMap, HashMap};

use crate::{
    compare::{Answers, Part, Question},
    digest::ContentDigest,
    store::{Answer, Span},
    uri::TargetUri,
};

use super::{
    AnalyseError,
    answers::{Answering, Whole, answers_in},
    basis::seed_of,
    brought::Brought,
};

/// One question about one page, with the answers of its copies.
struct Asked<'a> {
    part: Part,
    question: Question<'a>,
    basis: ContentDigest,
    /// The row for each copy.
    rows: Vec<Answer>,
}

/// The stored answers of a profile, by part and reference.
pub(super) type Kept = HashMap<(String, u32), Answer>;

impl Answering<'_> {
    /// Asks the copies of the pages that questions are about, if there are any, and adds their answers.
    pub(super) fn ask_copies(
        &self,
        questions: &[(Part, Question<'_>)],
        kept: &mut Kept,
        whole: &mut Whole,
    ) -> Result<(), AnalyseError> {
        let (asked, lasts) = self.copies_answer(questions, kept, &|_| true)?;
        whole.lasts &= lasts;
        for it in asked {
            let number = it.question.reference().number;
            match it.part {
                Part::Claim(place) => drop(whole.copies.insert((place, number), it.rows)),
                // How names are separated depends on our own visits first.
                Part::Choice(_) => {
                    let answers = it.rows.iter().filter_map(answers_in);
                    whole.answered.take_from_copies(it.part, number, answers);
                }
                Part::Page => {}
            }
        }
        Ok(())
    }

    /// The stored answers of copies that differ from those computed again: their parts and references.
    pub(super) fn copies_differing(
        &self,
        questions: &[(Part, Question<'_>)],
        kept: &[Answer],
        takes: &dyn Fn(&TargetUri) -> bool,
    ) -> Result<Vec<(String, u32)>, AnalyseError> {
        let (asked, _) = self.copies_answer(questions, &mut Kept::new(), takes)?;
        let anew = asked.into_iter().flat_map(|it| it.rows);
        let is_kept = |anew: &Answer| {
            kept.iter().any(|it| {
                (&it.part, it.reference, it.basis) == (&anew.part, anew.reference, anew.basis)
                    && it.json.text() == anew.json.text()
            })
        };
        let differing = anew.filter(|anew| !is_kept(anew));
        Ok(differing
            .map(|differing| (differing.part, differing.reference))
            .collect())
    }

    fn copies_answer<'q>(
        &self,
        questions: &[(Part, Question<'q>)],
        kept: &mut Kept,
        takes: &dyn Fn(&TargetUri) -> bool,
    ) -> Result<(Vec<Asked<'q>>, bool), AnalyseError> {
        let mut by_seed: BTreeMap<TargetUri, Vec<Asked<'q>>> = BTreeMap::new();
        for (part, question) in questions
            .iter()
            .filter(|question| question.0 != Part::Page && self.wants(question.0))
        {
            if let Some(seed) = seed_of(question.reference()).filter(|seed| takes(seed)) {
                by_seed.entry(seed).or_default().push(Asked {
                    part: *part,
                    question: *question,
                    basis: self.basis_of(question),
                    rows: Vec::new(),
                });
            }
        }
        let copies = self.store.copied_spans(by_seed.keys())?;
        let mut readings = self.readings();
        let (mut all, mut lasts) = (Vec::new(), true);
        for ((seed, mut asked), spans) in by_seed.into_iter().zip(copies) {
            // An error or refusal of the server, as archived elsewhere, is not the page.
            for span in spans.iter().filter(|span| !span.bad) {
                let mut new = Vec::new();
                let mut page = None;
                for it in &mut asked {
                    let key = (
                        self.copy_key(*span, it.part),
                        it.question.reference().number,
                    );
                    if let Some(row) = kept.remove(&key).filter(|row| row.basis == it.basis) {
                        it.rows.push(row);
                        continue;
                    }
                    if self.comparing.is_stopped() {
                        return Err(AnalyseError::Stopped);
                    }
                    if page.is_none() {
                        page = Some(Brought::of(self.store, (&seed, span), &mut readings)?);
                    }
                    let Some(brought) = &page else { continue };
                    let mut answers = it.question.unanswered();
                    answers.extend(&it.question, &brought.shown(), None);
                    let row = self.copy_row(key, it.basis, *span, &answers)?;
                    new.push(row.clone());
                    it.rows.push(row);
                }
                lasts &= !readings.passing;
                let keeps = self.keeps && self.store.may_write() && !readings.passing;
                if keeps && !new.is_empty() {
                    self.store.put_answers(self.name, new)?;
                }
                readings.passing = false;
            }
            all.append(&mut asked);
        }
        Ok((all, lasts))
    }

    /// The key of the stored answers of a copy about a part.
    fn copy_key(&self, copy: Span, part: Part) -> String {
        format!("copy {} {}", copy.visit.0, self.key(part))
    }

    /// The keys of the answers of all copies of the pages that a claim cites.
    pub(super) fn copy_keys(&self, parts: &[Part]) -> Result<Vec<String>, AnalyseError> {
        let seeds: Vec<TargetUri> = self.profile.references.iter().filter_map(seed_of).collect();
        let spans = self.store.copied_spans(&seeds)?.into_iter().flatten();
        let mut keys: Vec<String> = spans
            .flat_map(|span| parts.iter().map(move |part| self.copy_key(span, *part)))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    fn copy_row(
        &self,
        (part, reference): (String, u32),
        basis: ContentDigest,
        copy: Span,
        answers: &Answers,
    ) -> Result<Answer, AnalyseError> {
        // Serializing answers cannot fail.
        let json = serde_json::to_vec(answers).unwrap_or_default();
        Ok(Answer {
            part,
            reference,
            basis,
            chain: copy.visit.0,
            until: copy.last,
            json: self.store.packed(&json)?,
        })
    }
}
