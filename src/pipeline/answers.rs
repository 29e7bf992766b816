//! Answers to a profile's questions: those that are kept, gone on with from the first visits they do not know yet.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use crate::{
    capture::CaptureEntry,
    clock::Instant,
    compare::{
        self, Alert, Answered, Answers, Lasting, Page, Part, Question, Stretch, Visited,
        names_asked, questions, questions_of_choices,
    },
    digest::ContentDigest,
    extract,
    finding::Fate,
    profile::Profile,
    reading::Reading,
    store::{Answer, Span, Store},
    uri::TargetUri,
};

use super::{AnalyseError, Comparing, readings::Readings};

/// Where answers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Those that are kept, gone on with.
    Kept,
    /// The visits alone.
    Scratch,
}

/// All that answering needs.
#[derive(Clone, Copy)]
pub(super) struct Answering<'a> {
    pub(super) store: &'a Store,
    /// The profile's name.
    pub(super) name: &'a str,
    /// The profile, with what reviewers taught.
    pub(super) profile: &'a Profile,
    pub(super) comparing: &'a Comparing,
    pub(super) from: From,
    /// Whether the answers are kept, where the archive may be written.
    pub(super) keeps: bool,
    /// What is asked about; all that there is where it is `None`.
    pub(super) only: Option<&'a Wanted>,
}

/// The parts of a profile that answers are wanted about.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The claims, by their places.
    pub(super) claims: BTreeSet<usize>,
    /// Whether the pages are among them.
    pub(super) pages: bool,
}

/// One question, with what is known of the answer.
struct Task<'a> {
    part: Part,
    question: Question<'a>,
    basis: ContentDigest,
    answers: Answers,
    /// The chain of the last span that the answers know, and until when it went then; `None` before the first.
    known: Option<(i64, Instant)>,
    /// Whether they know more than what is kept.
    is_new: bool,
}

impl Answering<'_> {
    /// The answers of all pages, and whether they may be kept: whether another try would come to the same.
    ///
    /// # Errors
    /// The archive cannot be read; it was stopped.
    pub(super) fn answered(&self) -> Result<(Answered, bool), AnalyseError> {
        let kept = match self.from {
            From::Kept => self.kept()?,
            From::Scratch => Vec::new(),
        };
        let mut kept: HashMap<(String, u32), Answer> = kept
            .into_iter()
            .map(|it| ((it.part.clone(), it.reference), it))
            .collect();
        let mut answered = Answered::default();
        let names = names_asked(self.profile, None);
        let lasts = self.ask(questions(self.profile, &names), &mut kept, &mut answered)?;
        let names = names_asked(self.profile, Some(&answered));
        let of_choices = questions_of_choices(self.profile, &names);
        let lasts = self.ask(of_choices, &mut kept, &mut answered)? && lasts;
        // What nobody asks any more.
        if !kept.is_empty() && self.keeps && self.only.is_none() && self.store.may_write() {
            self.store
                .drop_answers(self.name, kept.into_keys().collect())?;
        }
        Ok((answered, lasts))
    }

    /// The answers that are kept to what is asked.
    fn kept(&self) -> Result<Vec<Answer>, AnalyseError> {
        let Some(only) = self.only else {
            return Ok(self.store.answers(self.name)?);
        };
        let claims = only.claims.iter();
        let mut parts: Vec<Part> = claims
            .flat_map(|it| [Part::Choice(*it), Part::Claim(*it)])
            .collect();
        parts.extend(only.pages.then_some(Part::Page));
        let mut kept = Vec::new();
        for part in parts {
            kept.extend(self.store.answers_about(self.name, &self.key(part))?);
        }
        Ok(kept)
    }

    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|it| match part {
            Part::Page => it.pages,
            Part::Choice(place) | Part::Claim(place) => it.claims.contains(&place),
        })
    }

    /// The readings of the archive, for this profile.
    pub(super) fn readings(&self) -> Readings<'_> {
        Readings::new(self.store, self.profile, &self.comparing.pdf)
    }

    /// Asks questions of all pages, on all cores.
    fn ask(
        &self,
        questions: Vec<(Part, Question<'_>)>,
        kept: &mut HashMap<(String, u32), Answer>,
        answered: &mut Answered,
    ) -> Result<bool, AnalyseError> {
        let mut by_seed: BTreeMap<TargetUri, Vec<Task<'_>>> = BTreeMap::new();
        for (part, question) in questions.into_iter().filter(|it| self.wants(it.0)) {
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
                // One file that cannot be read now keeps no other page from being kept.
                lasts.fetch_and(!std::mem::take(&mut readings.passing), Ordering::Relaxed);
                match end {
                    Ok(None) => {}
                    Ok(Some(fate)) => {
                        let numbers = tasks.iter().map(|it| it.question.reference().number);
                        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                        waiting.extend(numbers.map(|it| (it, fate.clone())));
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
        answered
            .waiting
            .extend(waiting.unwrap_or_else(PoisonError::into_inner));
        for (_, tasks) in seeds {
            for it in tasks.into_inner().unwrap_or_else(PoisonError::into_inner) {
                let number = it.question.reference().number;
                answered.take(it.part, number, it.answers);
            }
        }
        Ok(lasts.into_inner())
    }

    /// A question with the answers that are kept to it, where they are to the same question.
    fn task<'q>(&self, part: Part, question: Question<'q>, kept: Option<Answer>) -> Task<'q> {
        let basis = self.basis_of(&question);
        let kept = kept
            .filter(|it| it.basis == basis)
            .and_then(|it| Some((serde_json::from_slice(&it.json).ok()?, (it.chain, it.until))));
        let (answers, known) = match kept {
            Some((answers, known)) => (answers, Some(known)),
            None => (question.unanswered(), None),
        };
        Task {
            part,
            question,
            basis,
            answers,
            known,
            is_new: false,
        }
    }

    /// A digest of a question and of all else that answers to it depend on, beside the visits.
    fn basis_of(&self, question: &Question<'_>) -> ContentDigest {
        let text = format!(
            "{} {} {:?}",
            question.basis(),
            extract::VERSION,
            self.comparing.alert
        );
        ContentDigest::of(text.as_bytes())
    }

    /// What answers about a part are kept under.
    fn key(&self, part: Part) -> String {
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

    /// Goes on with the answers about one page, and keeps them. Gives what its latest visits met, where nothing is concluded from it
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
            let place = task.known.and_then(|(chain, until)| {
                spans
                    .iter()
                    .position(|it| it.chain == chain && it.last >= until)
            });
            if place.is_none() && task.known.is_some() {
                // The visits it knows are others now.
                task.answers = task.question.unanswered();
                task.known = None;
            }
            starts.push(place.map_or(0, |it| it + 1));
        }
        let Some(first) = starts.iter().copied().min() else {
            return Ok(None);
        };
        // For each question the last visit of the spans that its answers know.
        let mut closed: Vec<Option<Instant>> = starts
            .iter()
            .map(|start| Some(spans.get(start.checked_sub(1)?)?.last))
            .collect();
        for (place, (span, lasting)) in spans.iter().zip(lasting).enumerate().skip(first) {
            if self.comparing.is_stopped() {
                return Err(AnalyseError::Stopped);
            }
            let page = self.page(span, readings)?;
            let page = page.shown();
            waiting = lasting.is_waiting(page.state()).then(|| page.fate());
            let known = starts.iter().zip(&mut closed);
            for (task, (start, closed)) in tasks.iter_mut().zip(known) {
                // A wall that stands in the page's place leaves its claims open at once; the page counts as lost once it has lasted.
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
        self.keep(tasks, readings)?;
        Ok(waiting)
    }

    fn keep(&self, tasks: &[Task<'_>], readings: &Readings<'_>) -> Result<(), AnalyseError> {
        if !self.keeps || !self.store.may_write() || readings.passing {
            return Ok(());
        }
        let rows: Vec<Answer> = tasks
            .iter()
            .filter(|it| it.is_new)
            .filter_map(|it| self.row(it))
            .collect();
        if !rows.is_empty() {
            self.store.put_answers(self.name, rows)?;
        }
        Ok(())
    }

    /// The row that answers are kept as; `None` before the first visit.
    fn row(&self, task: &Task<'_>) -> Option<Answer> {
        Some(Answer {
            part: self.key(task.part),
            reference: task.question.reference().number,
            basis: task.basis,
            chain: task.known?.0,
            until: task.known?.1,
            json: serde_json::to_vec(&task.answers).ok()?,
        })
    }

    /// Answers the questions of some of the pages anew from the visits alone, and says which answers that are kept are others: their
    /// parts and references. `takes` says which pages.
    ///
    /// # Errors
    /// The archive cannot be read; it was stopped.
    pub(super) fn differing(
        &self,
        takes: &dyn Fn(&TargetUri) -> bool,
    ) -> Result<Vec<(String, u32)>, AnalyseError> {
        let kept = self.store.answers(self.name)?;
        let (answered, _) = self.answered()?;
        let (plain, chosen) = (
            names_asked(self.profile, None),
            names_asked(self.profile, Some(&answered)),
        );
        let mut all = questions(self.profile, &plain);
        all.extend(questions_of_choices(self.profile, &chosen));
        let mut by_seed: BTreeMap<TargetUri, Vec<Task<'_>>> = BTreeMap::new();
        for (part, question) in all {
            if let Some(seed) = seed_of(question.reference()).filter(|it| takes(it)) {
                let task = self.task(part, question, None);
                by_seed.entry(seed).or_default().push(task);
            }
        }
        let mut readings = self.readings();
        let mut differing = Vec::new();
        for (seed, mut tasks) in by_seed {
            self.go_on(&seed, &mut tasks, &mut readings)?;
            for anew in tasks.iter().filter_map(|it| self.row(it)) {
                let is_same = |it: &Answer| {
                    (&it.part, it.reference) == (&anew.part, anew.reference)
                        && (it.basis, it.chain, &it.json) == (anew.basis, anew.chain, &anew.json)
                };
                if !kept.iter().any(is_same) {
                    differing.push((anew.part, anew.reference));
                }
            }
        }
        Ok(differing)
    }

    /// What the visits of a span brought.
    fn page(&self, span: &Span, readings: &mut Readings<'_>) -> Result<Brought, AnalyseError> {
        let hops = self.store.hops(span.visit)?;
        let reading = match hops.last() {
            Some(it) => readings.of(it)?,
            None => None,
        };
        Ok(Brought { hops, reading })
    }

    /// Shows the page of a reference as it was at the latest visit up to a moment.
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
            let page = self.page(span, readings)?;
            let page = page.shown();
            if !lasting.is_waiting(page.state()) {
                tell(&page);
                break;
            }
        }
        Ok(())
    }
}

/// What the first visit of a span brought.
struct Brought {
    hops: Vec<CaptureEntry>,
    reading: Option<std::sync::Arc<Reading>>,
}

impl Brought {
    fn shown(&self) -> Page<'_> {
        Page::of(Visited {
            hops: &self.hops,
            reading: self.reading.as_deref(),
        })
    }
}

/// The page of a reference.
pub(super) fn seed_of(reference: &crate::profile::Reference) -> Option<TargetUri> {
    let (seed, _) = TargetUri::parse(reference.url.as_deref()?).ok()?;
    Some(seed)
}

/// For each span of a page, oldest first, whether it has lasted.
pub(super) fn lasting(alert: &Alert, spans: &[Span]) -> Vec<Lasting> {
    let stretches: Vec<Stretch> = spans
        .iter()
        .map(|it| Stretch {
            first: it.first,
            last: it.last,
            visits: it.visits,
            bad: it.bad,
        })
        .collect();
    alert.lasting(&stretches)
}

/// What the findings of a profile rest on: its questions, the versions that answer them, and what the visits of its pages brought.
///
/// # Errors
/// The archive cannot be read.
pub(super) fn basis(
    store: &Store,
    profile: &Profile,
    alert: &Alert,
) -> Result<ContentDigest, AnalyseError> {
    use std::fmt::Write as _;
    let seeds: Vec<TargetUri> = profile.references.iter().filter_map(seed_of).collect();
    let latest = store.latest_spans(&seeds)?;
    // Serializing a profile cannot fail.
    let mut text = serde_json::to_string(profile).unwrap_or_default();
    let _ = write!(
        text,
        "\n{} {} {alert:?}",
        compare::VERSION,
        extract::VERSION
    );
    for mut spans in latest {
        spans.reverse();
        let lasting = lasting(alert, &spans).pop();
        let chain = spans.last().map(|it| it.chain);
        let _ = write!(text, "\n{chain:?} {lasting:?}");
    }
    Ok(ContentDigest::of(text.as_bytes()))
}
