//! Answers to the questions of a profile: stored answers, continued with the first visits that they do not include yet.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use crate::{
    clock::Instant,
    compare::{
        Answered, Answers, Keys, Page, Part, Question, names_asked, questions, questions_of_choices,
    },
    digest::ContentDigest,
    extract,
    finding::Fate,
    language,
    profile::Profile,
    store::{Answer, Span, Store},
    uri::TargetUri,
};

use super::{
    AnalyseError, Comparing,
    basis::seed_of,
    brought::{Brought, lasting},
    readings::Readings,
};

/// Where answers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// The stored answers, continued.
    Kept,
    /// The visits alone.
    Scratch,
}

/// Everything that answering needs.
#[derive(Clone, Copy)]
pub(super) struct Answering<'a> {
    /// The archive.
    pub(super) store: &'a Store,
    /// The name of the profile.
    pub(super) name: &'a str,
    /// The profile, with the aliases from reviews.
    pub(super) profile: &'a Profile,
    /// The options for comparing.
    pub(super) comparing: &'a Comparing,
    /// Whether stored answers are used.
    pub(super) from: From,
    /// Whether to store the answers, if the archive is open for writing.
    pub(super) keeps: bool,
    /// The parts to answer; `None` for all.
    pub(super) only: Option<&'a Wanted>,
}

/// The parts of a profile to answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The claims, by position in the profile.
    pub(super) claims: BTreeSet<usize>,
    /// Whether to answer for pages.
    pub(super) pages: bool,
}

/// The answers of all pages.
pub(super) struct Whole {
    /// The answers that are not about claims.
    pub(super) answered: Answered,
    /// The answers about claims, by the position of the claim and the number of the reference; compressed, because there can be many.
    claims: HashMap<(usize, u32), Answer>,
    /// The answers of copies from other archives, oldest first.
    pub(super) copies: HashMap<(usize, u32), Vec<Answer>>,
    /// Whether another attempt would give the same.
    pub(super) lasts: bool,
}

impl Whole {
    /// What the page of a reference says about a claim.
    pub(super) fn about(&self, place: usize, number: u32) -> Option<Answers> {
        answers_in(self.claims.get(&(place, number))?)
    }

    /// What each copy of that page in other archives says about the claim, oldest first.
    pub(super) fn of_copies(&self, place: usize, number: u32) -> Vec<Answers> {
        let rows = self.copies.get(&(place, number)).into_iter().flatten();
        rows.filter_map(answers_in).collect()
    }
}

/// The answers in a row; `None` if this version cannot read them.
pub(super) fn answers_in(row: &Answer) -> Option<Answers> {
    serde_json::from_slice(&row.json.text()?).ok()
}

/// One question, with what is known about the answer.
struct Task<'a> {
    part: Part,
    question: Question<'a>,
    basis: ContentDigest,
    /// The stored row of the answers.
    row: Option<Answer>,
    /// The answers so far.
    answers: Answers,
    /// The chain of the last span in the answers, and its end at that time; `None` before the first span.
    known: Option<(i64, Instant)>,
    /// Whether the answers include more than the stored row.
    is_new: bool,
}

impl Task<'_> {
    /// Starts from the stored answers, if the spans that they include are unchanged. Returns the index of the first span to
    /// answer for.
    fn begin(&mut self, spans: &[Span]) -> usize {
        let known = self.row.take().and_then(|row| {
            let is_last = |span: &Span| span.chain == row.chain && span.last >= row.until;
            let last = spans.iter().position(is_last)?;
            Some((last, answers_in(&row)?, row))
        });
        let Some((last, answers, row)) = known else {
            return 0;
        };
        self.answers = answers;
        self.known = Some((row.chain, row.until));
        self.row = Some(row);
        last + 1
    }
}

impl Answering<'_> {
    /// The answers of all pages.
    ///
    /// # Errors
    /// The archive cannot be read; it was stopped.
    pub(super) fn answered(&self) -> Result<Whole, AnalyseError> {
        let kept = match self.from {
            From::Kept => self.kept()?,
            From::Scratch => Vec::new(),
        };
        let mut kept: HashMap<(String, u32), Answer> = kept
            .into_iter()
            .map(|kept| ((kept.part.clone(), kept.reference), kept))
            .collect();
        let mut whole = Whole {
            answered: Answered::default(),
            claims: HashMap::new(),
            copies: HashMap::new(),
            lasts: true,
        };
        let names = names_asked(self.profile, None);
        let plain = questions(self.profile, &names);
        self.ask(&plain, &mut kept, &mut whole)?;
        self.ask_copies(&plain, &mut kept, &mut whole)?;
        let names = names_asked(self.profile, Some(&whole.answered));
        let of_choices = questions_of_choices(self.profile, &names);
        self.ask(&of_choices, &mut kept, &mut whole)?;
        self.ask_copies(&of_choices, &mut kept, &mut whole)?;
        // Answers to questions that no longer exist.
        if !kept.is_empty() && self.keeps && self.only.is_none() && self.store.may_write() {
            self.store
                .drop_answers(self.name, kept.into_keys().collect())?;
        }
        Ok(whole)
    }

    /// The stored answers to the current questions.
    fn kept(&self) -> Result<Vec<Answer>, AnalyseError> {
        let Some(only) = self.only else {
            return Ok(self.store.answers(self.name)?);
        };
        let claims = only.claims.iter();
        let mut parts: Vec<Part> = claims
            .flat_map(|claim| [Part::Choice(*claim), Part::Claim(*claim)])
            .collect();
        let mut keys = self.copy_keys(&parts)?;
        parts.extend(only.pages.then_some(Part::Page));
        keys.extend(parts.into_iter().map(|part| self.key(part)));
        let mut kept = Vec::new();
        for key in keys {
            kept.extend(self.store.answers_about(self.name, &key)?);
        }
        Ok(kept)
    }

    /// Whether a part is to be answered.
    pub(super) fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| match part {
            Part::Page => only.pages,
            Part::Choice(place) | Part::Claim(place) => only.claims.contains(&place),
        })
    }

    /// The readings of the archive, for this profile.
    pub(super) fn readings(&self) -> Readings<'_> {
        self.comparing.readings(self.store, self.profile)
    }

    /// Asks questions about all pages, on all cores.
    fn ask(
        &self,
        questions: &[(Part, Question<'_>)],
        kept: &mut HashMap<(String, u32), Answer>,
        whole: &mut Whole,
    ) -> Result<(), AnalyseError> {
        let mut by_seed: BTreeMap<TargetUri, Vec<Task<'_>>> = BTreeMap::new();
        for (part, question) in questions
            .iter()
            .copied()
            .filter(|question| self.wants(question.0))
        {
            let reference = question.reference();
            let Some(seed) = seed_of(reference) else {
                continue;
            };
            let kept = kept.remove(&(self.key(part), reference.number));
            by_seed
                .entry(seed)
                .or_default()
                .push(self.task(part, question, kept));
        }
        let waiting: Mutex<BTreeMap<u32, Fate>> = Mutex::new(BTreeMap::new());
        let seeds: Vec<(TargetUri, Mutex<Vec<Task<'_>>>)> = by_seed
            .into_iter()
            .map(|(seed, tasks)| (seed, Mutex::new(tasks)))
            .collect();
        let (next, lasts) = (AtomicUsize::new(0), AtomicBool::new(true));
        let failed: Mutex<Option<AnalyseError>> = Mutex::new(None);
        let work = || {
            let mut readings = self.readings();
            while let Some((seed, tasks)) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
                let end = self.go_on(seed, &mut tasks, &mut readings);
                // A file that cannot be read now must not stop the other pages from being stored.
                lasts.fetch_and(!std::mem::take(&mut readings.passing), Ordering::Relaxed);
                match end {
                    Ok(None) => {}
                    Ok(Some(fate)) => {
                        let numbers = tasks.iter().map(|task| task.question.reference().number);
                        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                        waiting.extend(numbers.map(|number| (number, fate.clone())));
                    }
                    Err(error) => {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        next.store(usize::MAX / 2, Ordering::Relaxed);
                    }
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        match cores.min(seeds.len()) {
            0 | 1 => work(),
            workers => std::thread::scope(|scope| {
                for _ in 1..workers {
                    scope.spawn(work);
                }
                work();
            }),
        }
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let waiting = waiting.into_inner();
        whole
            .answered
            .waiting
            .extend(waiting.unwrap_or_else(PoisonError::into_inner));
        whole.lasts &= lasts.into_inner();
        for (_, tasks) in seeds {
            for it in tasks.into_inner().unwrap_or_else(PoisonError::into_inner) {
                let number = it.question.reference().number;
                match (it.part, it.row) {
                    (Part::Claim(place), Some(row)) => {
                        whole.claims.insert((place, number), row);
                    }
                    (part, row) => {
                        let answers = row.as_ref().and_then(answers_in);
                        let answers = answers.unwrap_or_else(|| it.question.unanswered());
                        whole.answered.take(part, number, answers);
                    }
                }
            }
        }
        Ok(())
    }

    /// A question with its stored answers, if they are answers to the same question.
    fn task<'q>(&self, part: Part, question: Question<'q>, kept: Option<Answer>) -> Task<'q> {
        let basis = self.basis_of(&question);
        Task {
            part,
            question,
            basis,
            row: kept.filter(|kept| kept.basis == basis),
            answers: question.unanswered(),
            known: None,
            is_new: false,
        }
    }

    /// A digest of a question and of everything else that its answers depend on, except the visits. Every page is read with all
    /// selectors of the profile.
    pub(super) fn basis_of(&self, question: &Question<'_>) -> ContentDigest {
        let references = self.profile.references.iter();
        let selectors: BTreeSet<&str> = references
            .filter_map(|reference| reference.selector.as_deref())
            .collect();
        let text = format!(
            "{} {} {:?} {selectors:?}{}",
            question.basis(),
            extract::VERSION,
            self.comparing.alert,
            language::added_words()
        );
        ContentDigest::of(text.as_bytes())
    }

    /// The key of the stored answers about a part.
    pub(super) fn key(&self, part: Part) -> String {
        let claim = |place: usize| {
            self.profile
                .claims
                .get(place)
                .map_or("", |it| it.id.as_str())
        };
        match part {
            Part::Page => "page".to_owned(),
            Part::Choice(place) => format!("choice {}", claim(place)),
            Part::Claim(place) => format!("claim {}", claim(place)),
        }
    }

    /// Continues the answers about one page, and stores them. Returns what its latest visits found, if nothing follows from that
    /// yet.
    fn go_on(
        &self,
        seed: &TargetUri,
        tasks: &mut [Task<'_>],
        readings: &mut Readings<'_>,
    ) -> Result<Option<Fate>, AnalyseError> {
        let spans = self.store.spans(seed)?;
        let lasting = lasting(&self.comparing.alert, &spans);
        let mut waiting = None;
        let mut starts = Vec::with_capacity(tasks.len());
        for task in tasks.iter_mut() {
            starts.push(task.begin(&spans));
        }
        let Some(first) = starts.iter().copied().min() else {
            return Ok(None);
        };
        // For each question, the last visit of the spans that its answers include.
        let mut closed: Vec<Option<Instant>> = starts
            .iter()
            .map(|start| Some(spans.get(start.checked_sub(1)?)?.last))
            .collect();
        let keys = Keys::default();
        for (place, (span, lasting)) in spans.iter().zip(lasting).enumerate().skip(first) {
            if self.comparing.is_stopped() {
                return Err(AnalyseError::Stopped);
            }
            let page = Brought::of(self.store, (seed, span), readings)?;
            let page = page.shown().with_keys(&keys);
            waiting = lasting.is_waiting(page.state()).then(|| page.fate());
            let known = starts.iter().zip(&mut closed);
            for (task, (start, closed)) in tasks.iter_mut().zip(known) {
                // A wall in the place of the page leaves its claims open at once; the page counts as lost once the wall has lasted.
                let waits = match &task.question {
                    Question::Page { .. } => waiting.is_some(),
                    _ => lasting.is_waiting(None),
                };
                if *start <= place && !waits {
                    task.answers.extend(&task.question, &page, *closed);
                    task.known = Some((span.chain, span.last));
                    task.is_new = true;
                    *closed = Some(span.last);
                }
            }
        }
        for task in tasks.iter_mut().filter(|task| task.is_new) {
            task.row = self.row(task)?;
        }
        self.keep(tasks, readings)?;
        // The rows take a fraction of the memory.
        for task in tasks {
            task.answers = task.question.unanswered();
        }
        Ok(waiting)
    }

    fn keep(&self, tasks: &[Task<'_>], readings: &Readings<'_>) -> Result<(), AnalyseError> {
        if !self.keeps || !self.store.may_write() || readings.passing {
            return Ok(());
        }
        let new = tasks.iter().filter(|task| task.is_new);
        let rows: Vec<Answer> = new.filter_map(|it| it.row.clone()).collect();
        if !rows.is_empty() {
            self.store.put_answers(self.name, rows)?;
        }
        Ok(())
    }

    /// The row for storing answers; `None` before the first visit.
    fn row(&self, task: &Task<'_>) -> Result<Option<Answer>, AnalyseError> {
        let Some((chain, until)) = task.known else {
            return Ok(None);
        };
        // Serializing answers cannot fail.
        let json = serde_json::to_vec(&task.answers).unwrap_or_default();
        Ok(Some(Answer {
            part: self.key(task.part),
            reference: task.question.reference().number,
            basis: task.basis,
            chain,
            until,
            json: self.store.packed(&json)?,
        }))
    }

    /// Answers the questions about some pages again from the visits alone, and returns the stored answers that differ: their
    /// parts and references. `takes` selects the pages.
    ///
    /// # Errors
    /// The archive cannot be read; it was stopped.
    pub(super) fn differing(
        &self,
        takes: &dyn Fn(&TargetUri) -> bool,
    ) -> Result<Vec<(String, u32)>, AnalyseError> {
        let kept = self.store.answers(self.name)?;
        let answered = self.answered()?.answered;
        let (plain, chosen) = (
            names_asked(self.profile, None),
            names_asked(self.profile, Some(&answered)),
        );
        let mut all = questions(self.profile, &plain);
        all.extend(questions_of_choices(self.profile, &chosen));
        let mut differing = self.copies_differing(&all, &kept, takes)?;
        let mut by_seed: BTreeMap<TargetUri, Vec<Task<'_>>> = BTreeMap::new();
        for (part, question) in all {
            if let Some(seed) = seed_of(question.reference()).filter(|seed| takes(seed)) {
                let task = self.task(part, question, None);
                by_seed.entry(seed).or_default().push(task);
            }
        }
        let mut readings = self.readings();
        for (seed, mut tasks) in by_seed {
            self.go_on(&seed, &mut tasks, &mut readings)?;
            for anew in tasks.into_iter().filter_map(|task| task.row) {
                let is_same = |answer: &Answer| {
                    (&answer.part, answer.reference) == (&anew.part, anew.reference)
                        && (answer.basis, answer.chain) == (anew.basis, anew.chain)
                        && answer.json.text() == anew.json.text()
                };
                if !kept.iter().any(is_same) {
                    differing.push((anew.part, anew.reference));
                }
            }
        }
        Ok(differing)
    }

    /// Passes the page of a reference at its latest visit until a moment to `show`.
    pub(super) fn look(
        &self,
        number: u32,
        until: Instant,
        readings: &mut Readings<'_>,
        tell: &mut dyn FnMut(&Page<'_>),
    ) -> Result<(), AnalyseError> {
        let reference = self.profile.reference(number);
        let Some(seed) = reference.and_then(seed_of) else {
            return Ok(());
        };
        let spans = self.store.spans(&seed)?;
        let lasting = lasting(&self.comparing.alert, &spans);
        for (span, lasting) in spans.iter().zip(lasting).rev() {
            if span.first > until {
                continue;
            }
            let page = Brought::of(self.store, (&seed, span), readings)?;
            let page = page.shown();
            if !lasting.is_waiting(page.state()) {
                tell(&page);
                break;
            }
        }
        Ok(())
    }
}
