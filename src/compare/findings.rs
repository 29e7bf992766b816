//! All findings about a profile, from the answers that the pages it cites gave to its questions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    asked::{Answers, Question},
    choice::chosen,
    claim::{Cited, Said, Visited, accessed_at},
    fates::{PageAnswers, of_reference},
    likeness::{reason, round},
    listed::{Fresh, NamesAnswers},
    moved::{self, Elsewhere},
    name_key::NameKey,
    page::Page,
    questions::{Part, names_asked, questions, questions_of_choices},
    rebuilt::Rebuilt,
    time::{
        fold::{Folded, fold},
        track::Track,
    },
};
use crate::{
    clock::Instant,
    finding::{Conclusion, Fate, Finding, FindingId, History, Moment, Series, Subject, Verdict},
    profile::{Claim, ListedName, Profile, Statement},
};

/// The answers of the pages that a profile cites.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// About each page, by the number of its reference.
    pub pages: BTreeMap<u32, PageAnswers>,
    /// About each claim, by its place in the profile and the number of the reference.
    pub claims: HashMap<(usize, u32), Answers>,
    /// About each claim whose names the article leaves open, in the same way.
    pub choices: HashMap<(usize, u32), Answers>,
    /// What the latest visits of a page met that nothing is concluded from yet, by the number of its reference.
    pub waiting: BTreeMap<u32, Fate>,
}

/// Gives the page of a reference as it was at the latest visit up to a moment, as far as visits count.
pub type Look<'l> = dyn FnMut(u32, Instant, &mut dyn FnMut(&Page<'_>)) + 'l;

impl Answered {
    /// Takes in what the page of reference `number` answered about a part of the profile.
    pub fn take(&mut self, part: Part, number: u32, answers: Answers) {
        match (part, answers) {
            (Part::Page, Answers::Page(it)) => drop(self.pages.insert(number, it)),
            (Part::Choice(place), it) => drop(self.choices.insert((place, number), it)),
            (Part::Claim(place), it) => drop(self.claims.insert((place, number), it)),
            (Part::Page, _) => {}
        }
    }

    /// What the pages that a claim cites say of its list, by the numbers of the references.
    fn lists(&self, place: usize, cited: &Cited<'_>) -> Vec<(u32, &NamesAnswers)> {
        let references = cited.references.iter();
        references
            .filter_map(|it| match self.claims.get(&(place, it.number))? {
                Answers::Names(names) => Some((it.number, names.as_ref())),
                _ => None,
            })
            .collect()
    }

    /// The names of a claim as its pages part them, with the reasons.
    pub(super) fn names(
        &self,
        place: usize,
        claim: &Claim,
        names: &[ListedName],
    ) -> (Vec<String>, BTreeMap<String, crate::finding::Reason>) {
        let pages = claim
            .cites
            .iter()
            .filter_map(|it| match self.choices.get(&(place, *it)) {
                Some(Answers::Choice(it)) => Some(it),
                _ => None,
            });
        chosen(names, &pages.collect::<Vec<_>>())
    }
}

/// All findings about a profile whose name (its file's stem) is `name`: references, then claims, in the order of the profile.
#[must_use]
pub fn findings_from(
    name: &str,
    profile: &Profile,
    answered: &Answered,
    look: &mut Look<'_>,
) -> Vec<Finding> {
    let references = profile.references.iter();
    let mut findings: Vec<Finding> = references
        .map(|it| {
            let waiting = answered.waiting.get(&it.number);
            of_reference(name, it, answered.pages.get(&it.number), waiting)
        })
        .collect();
    let series = series_from(name, profile, None, answered, look);
    findings.extend(series.into_iter().map(|it| it.finding));
    findings
}

/// What the visits say about each thing that the claims of a profile are about, in the order of the findings: all of them, or those
/// of the claim at the place `only`.
#[must_use]
pub fn series_from(
    name: &str,
    profile: &Profile,
    only: Option<usize>,
    answered: &Answered,
    look: &mut Look<'_>,
) -> Vec<Series> {
    let mut telling = Telling {
        name,
        profile,
        answered,
        spoken_for: None,
        rebuilt: BTreeSet::new(),
        look,
    };
    let mut all = Vec::new();
    for (place, claim) in profile.claims.iter().enumerate() {
        match only {
            Some(only) if only < place => break,
            Some(only) if only > place => telling.pass(place, claim),
            _ => telling.claim(place, claim, &mut all),
        }
    }
    all
}

/// Beside the answers about a claim itself, those that its series rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlsoAsked {
    /// Those about the claims before it: what they said of a list or of a new name is not said twice.
    pub before: bool,
    /// Those about all pages: a name that is gone may stand on another one.
    pub pages: bool,
}

impl AlsoAsked {
    /// What else the series of the claim at `place` rest on, as its own answers tell.
    #[must_use]
    pub fn of(profile: &Profile, place: usize, answered: &Answered) -> Self {
        let claim = profile.claims.get(place);
        let pages = claim.map_or_else(Vec::new, |it| {
            answered.lists(place, &Cited::of(it, profile))
        });
        let gone = |it: &Track<Said>| {
            it.latest()
                .is_some_and(|it| it.said.verdict == Verdict::Absent)
        };
        Self {
            before: pages
                .iter()
                .any(|it| it.1.rebuilt().is_some() || news(it.1).next().is_some()),
            pages: pages.iter().any(|it| it.1.names().iter().any(gone)),
        }
    }
}

/// The names that a page lists now and the claim does not.
fn news(page: &NamesAnswers) -> impl Iterator<Item = &Fresh> {
    page.fresh().iter().filter(|it| {
        let latest = it.track.latest();
        latest.is_some_and(|it| it.said.verdict == Verdict::New)
    })
}

/// A profile's findings in the making.
struct Telling<'a, 'l> {
    name: &'a str,
    profile: &'a Profile,
    answered: &'a Answered,
    /// The keys of names that are claimed, or new already; made when the first new name is met.
    spoken_for: Option<BTreeSet<String>>,
    /// The references whose list was said to be rebuilt.
    rebuilt: BTreeSet<u32>,
    look: &'a mut Look<'l>,
}

impl<'a> Telling<'a, '_> {
    /// Passes a claim by whose findings are not wanted: what it says need not be said again.
    fn pass(&mut self, place: usize, claim: &Claim) {
        let pages = self.answered.lists(place, &Cited::of(claim, self.profile));
        self.rebuilt(&pages);
        for new in pages.iter().flat_map(|it| news(it.1)) {
            self.is_first(&new.key);
        }
    }

    /// The list of a claim that was rebuilt last, where no claim before told of it.
    fn rebuilt(&mut self, pages: &[(u32, &'a NamesAnswers)]) -> Option<&'a Rebuilt> {
        let rebuilt = pages
            .iter()
            .filter_map(|it| Some((it.0, it.1.rebuilt()?)))
            .max_by_key(|it| it.1.by)?;
        self.rebuilt.insert(rebuilt.0).then_some(rebuilt.1)
    }

    /// Whether no claim has the name of this key, and none before told of it as new.
    fn is_first(&mut self, key: &str) -> bool {
        let profile = self.profile;
        self.spoken_for
            .get_or_insert_with(|| claimed_anywhere(profile))
            .insert(key.to_owned())
    }

    fn claim(&mut self, place: usize, claim: &Claim, all: &mut Vec<Series>) {
        let cited = Cited::of(claim, self.profile);
        match (&claim.statement, subject_of(claim)) {
            (Statement::Listed { names, .. }, _) => self.list(place, claim, &cited, names, all),
            (_, Some(subject)) => {
                let tracks: Vec<(u32, &Track<Said>)> = cited
                    .references
                    .iter()
                    .filter_map(|it| match self.answered.claims.get(&(place, it.number))? {
                        Answers::Words(words) => Some((it.number, words.track())),
                        _ => None,
                    })
                    .collect();
                let folded = fold(&cited.accessed, &tracks);
                all.push(self.series(claim, subject, folded, &tracks));
            }
            (_, None) => {}
        }
    }

    /// All that is said about a listed claim: of the list, of the names in the order of the claim, of the new names in that of the page.
    fn list(
        &mut self,
        place: usize,
        claim: &Claim,
        cited: &Cited<'_>,
        names: &[ListedName],
        all: &mut Vec<Series>,
    ) {
        let answered = self.answered;
        let (units, why) = answered.names(place, claim, names);
        let pages = answered.lists(place, cited);
        if let Some(rebuilt) = self.rebuilt(&pages) {
            let subject = Subject::List {
                claim: claim.id.clone(),
            };
            all.push(self.series(claim, subject, of_list(rebuilt), &[]));
        }
        for (at, unit) in units.iter().enumerate() {
            let moved: Vec<Option<Track<Said>>> = pages
                .iter()
                .map(|(number, it)| moved::between_lists(it.names(), at, cited.day_of(*number)))
                .collect();
            let tracks: Vec<(u32, &Track<Said>)> = pages
                .iter()
                .zip(&moved)
                .filter_map(|((number, it), moved)| {
                    Some((*number, moved.as_ref().or_else(|| it.names().get(at))?))
                })
                .collect();
            let mut folded = fold(&cited.accessed, &tracks);
            let elsewhere = Elsewhere {
                profile: self.profile,
                cited,
                pages: &answered.pages,
            };
            moved::between_pages(&mut folded, unit, &tracks, &elsewhere, self.look);
            folded.said.reasons.extend(why.get(unit).cloned());
            let subject = Subject::Name {
                claim: claim.id.clone(),
                name: unit.clone(),
            };
            all.push(self.series(claim, subject, folded, &tracks));
        }
        self.new_names(claim, cited, &pages, all);
    }

    /// The names that the latest pages list and the article does not: none that any claim of the profile has.
    fn new_names(
        &mut self,
        claim: &Claim,
        cited: &Cited<'_>,
        pages: &[(u32, &NamesAnswers)],
        all: &mut Vec<Series>,
    ) {
        for (_, page) in pages {
            for new in news(page) {
                if !self.is_first(&new.key) {
                    continue;
                }
                let tracks: Vec<(u32, &Track<Said>)> = pages
                    .iter()
                    .map(|(number, it)| (*number, it.about_new(&new.key)))
                    .collect();
                let folded = fold(&cited.accessed, &tracks);
                let subject = Subject::NewName {
                    claim: claim.id.clone(),
                    name: new.name.clone(),
                };
                all.push(self.series(claim, subject, folded, &tracks));
            }
        }
    }

    fn series(
        &self,
        claim: &Claim,
        subject: Subject,
        folded: Folded,
        tracks: &[(u32, &Track<Said>)],
    ) -> Series {
        let conclusion = Conclusion::Verdict(folded.said.verdict);
        let finding = Finding {
            id: FindingId::of(self.name, &subject, &conclusion),
            profile: self.name.to_owned(),
            subject,
            cites: claim.cites.clone(),
            conclusion,
            confidence: round(folded.said.score),
            reasons: folded.said.reasons,
            evidence: folded.said.evidence,
            history: folded.history,
            copy: folded.copy,
        };
        Series {
            finding,
            moments: moments(tracks),
        }
    }
}

/// The runs of the tracks, oldest first.
fn moments(tracks: &[(u32, &Track<Said>)]) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    for (reference, track) in tracks {
        let latest = track.runs().len().saturating_sub(1);
        moments.extend(track.runs().iter().enumerate().map(|(place, it)| Moment {
            date: it.first,
            until: (place < latest).then_some(it.last),
            reference: *reference,
            capture: it.said.evidence.first().map(|it| it.capture.clone()),
            verdict: it.said.verdict.clone(),
        }));
    }
    moments.sort_by_key(|it| (it.date, it.reference));
    moments
}

/// What the finding about a claim of words is about; a list's findings are about its names.
fn subject_of(claim: &Claim) -> Option<Subject> {
    let id = claim.id.clone();
    match &claim.statement {
        Statement::Listed { .. } => None,
        Statement::Quoted { exact } => Some(Subject::Quotation {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Figure { exact } => Some(Subject::Figure {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Stated { exact } => Some(Subject::Statement {
            claim: id,
            exact: exact.clone(),
        }),
        Statement::Relation {
            subject,
            relation,
            object,
        } => Some(Subject::Relation {
            claim: id,
            subject: subject.clone(),
            relation: relation.clone(),
            object: object.clone(),
        }),
    }
}

/// What is said of a list that is built otherwise than before.
fn of_list(it: &Rebuilt) -> Folded {
    let verdict = Verdict::Redesigned {
        from: it.from.clone(),
        to: it.to.clone(),
    };
    Folded {
        said: Said {
            score: 0.95,
            reasons: vec![reason(
                &format!("{} of the claimed names stayed", it.kept),
                0.95,
            )],
            evidence: it.evidence.clone(),
            ..Said::of(verdict)
        },
        history: History {
            changed_after: Some(it.after),
            changed_by: Some(it.by),
            ..History::default()
        },
        copy: None,
    }
}

/// The keys of all names that the profile has: those of its claims, its own, its parent's, and decided other spellings.
fn claimed_anywhere(profile: &Profile) -> BTreeSet<String> {
    let mut names: Vec<&str> = vec![&profile.title];
    names.extend(profile.project_of.as_deref());
    for claim in &profile.claims {
        if let Statement::Listed { names: listed, .. } = &claim.statement {
            for it in listed {
                match it {
                    ListedName::One(name) => names.push(name),
                    ListedName::Ambiguous(parts) => names.extend(parts.iter().map(String::as_str)),
                }
            }
        }
    }
    for alias in profile.aliases.iter().filter(|it| it.same) {
        names.extend([alias.name.as_str(), alias.other.as_str()]);
    }
    let mut keys: BTreeSet<String> = names
        .into_iter()
        .map(|it| NameKey::of(it).compact)
        .collect();
    for claim in &profile.claims {
        if let Statement::Listed { names: listed, .. } = &claim.statement {
            keys.extend(listed.iter().filter_map(|it| match it {
                // A key has no joints: one reading of the whole stands for all.
                ListedName::Ambiguous(parts) => Some(NameKey::of(&parts.join(", ")).compact),
                ListedName::One(_) => None,
            }));
        }
    }
    keys
}

/// All findings about a profile, from every visit of its pages.
///
/// `visits` gives for a reference's number the visits of its page that count, oldest first. The same visits give the same
/// findings, byte for byte, whether the answers were kept in between or not.
#[must_use]
pub fn findings(
    name: &str,
    profile: &Profile,
    visits: &BTreeMap<u32, Vec<Visited<'_>>>,
) -> Vec<Finding> {
    let mut answered = Answered::default();
    let ask = |question: &Question<'_>, number: u32| {
        let mut answers = question.unanswered();
        let mut closed = None;
        for visited in visits.get(&number).into_iter().flatten() {
            let page = Page::of(*visited);
            answers.extend(question, &page, closed);
            closed = page.date().or(closed);
        }
        answers
    };
    let names = names_asked(profile, None);
    for (part, question) in questions(profile, &names) {
        let number = question.reference().number;
        answered.take(part, number, ask(&question, number));
    }
    let names = names_asked(profile, Some(&answered));
    for (part, question) in questions_of_choices(profile, &names) {
        let number = question.reference().number;
        answered.take(part, number, ask(&question, number));
    }
    findings_from(name, profile, &answered, &mut |number, until, tell| {
        let mut visits = visits.get(&number).into_iter().flatten();
        let until = |it: &&Visited<'_>| it.hops.last().is_some_and(|it| it.date <= until);
        if let Some(visited) = visits.rfind(until) {
            tell(&Page::of(*visited));
        }
    })
}

impl Cited<'_> {
    /// The day that one of them was accessed.
    fn day_of(&self, number: u32) -> Option<Instant> {
        let reference = self.references.iter().find(|it| it.number == number)?;
        accessed_at(reference)
    }
}
