//! All findings about a profile, from the answers of the pages that it cites.

use crate::compare::grounds::time as grounds;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    answered::{AboutClaims, Answered, Given, OfCopies},
    asked::{Answers, Part, Question},
    claim::{Cited, Said, Visited, accessed_at, subject_of},
    fates::{Rest, of_reference},
    listed::{Fresh, NamesAnswers},
    names::{claimed::claimed_anywhere, likeness::round},
    page::{Look, Page},
    questions::{names_asked, questions, questions_of_choices},
    time::{
        fold::{Folded, Tracks, fold},
        moved::{self, Elsewhere},
        rebuilt::Rebuilt,
        track::Track,
        twin,
    },
};
use crate::{
    clock::Instant,
    finding::{Conclusion, Finding, History, Moment, Series, Subject, Verdict},
    profile::{Claim, ListedName, Profile, Statement},
};

/// Passes all findings about a profile with that `name` (the stem of its file) to `take`: references, then claims, in the order of the
/// profile.
pub fn findings_from(
    name: &str,
    profile: &Profile,
    given: Given<'_, '_>,
    take: &mut dyn FnMut(Finding),
) {
    let answered = given.answered;
    for reference in &profile.references {
        let waiting = answered.waiting.get(&reference.number);
        let rest = || {
            let claims = profile.claims.iter().enumerate();
            let citing = claims.filter(|(_, claim)| claim.cites.contains(&reference.number));
            let answers = citing.filter_map(|(place, _)| (given.claims)(place, reference.number));
            Rest::of(answers.flat_map(|answer| answer.is_at_address()))
        };
        let page = answered.pages.get(&reference.number);
        take(of_reference(name, reference, page, (waiting, &rest)));
    }
    let mut telling = Telling::of(name, profile, given, false);
    for (place, claim) in profile.claims.iter().enumerate() {
        telling.claim(place, claim, &mut |it| take(it.finding));
    }
}

/// What the visits say about each part of the claim at a place in the profile, in the order of the findings.
#[must_use]
pub fn series_from(
    name: &str,
    profile: &Profile,
    place: usize,
    given: Given<'_, '_>,
) -> Vec<Series> {
    let mut telling = Telling::of(name, profile, given, true);
    let mut all = Vec::new();
    for (at, claim) in profile.claims.iter().enumerate().take(place + 1) {
        if at < place {
            telling.pass(at, claim);
        } else {
            telling.claim(at, claim, &mut |it| all.push(it));
        }
    }
    all
}

/// The answers of the pages that a claim cites about its list, by the numbers of the references.
type Lists = Vec<(u32, Box<NamesAnswers>)>;

fn lists(claims: &AboutClaims<'_>, place: usize, cited: &Cited<'_>) -> Lists {
    let references = cited.references.iter();
    references
        .filter_map(|reference| match claims(place, reference.number)? {
            Answers::Names(names) => Some((reference.number, names)),
            _ => None,
        })
        .collect()
}

/// The answers that the series of a claim need besides those about the claim itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlsoAsked {
    /// Those about the claims before it: a list or a new name is only reported once.
    pub before: bool,
    /// Those about all pages: a name that is gone can be on another page.
    pub pages: bool,
}

impl AlsoAsked {
    /// What else the series of the claim at `place` need, according to its own answers.
    #[must_use]
    pub fn of(profile: &Profile, place: usize, claims: &AboutClaims<'_>) -> Self {
        let claim = profile.claims.get(place);
        let pages = claim.map_or_else(Vec::new, |claim| {
            lists(claims, place, &Cited::of(claim, profile))
        });
        let gone = |track: &Track<Said>| {
            track
                .latest()
                .is_some_and(|latest| latest.said.verdict == Verdict::Absent)
        };
        Self {
            before: pages
                .iter()
                .any(|page| page.1.rebuilt().is_some() || news(&page.1).next().is_some()),
            pages: pages.iter().any(|page| page.1.names().iter().any(gone)),
        }
    }
}

/// The names that a page lists now and that are not in the claim.
fn news(page: &NamesAnswers) -> impl Iterator<Item = &Fresh> {
    page.fresh().iter().filter(|it| {
        let latest = it.track.latest();
        latest.is_some_and(|latest| latest.said.verdict == Verdict::New)
    })
}

/// The findings of a profile in progress.
struct Telling<'a, 'l> {
    name: &'a str,
    profile: &'a Profile,
    answered: &'a Answered,
    claims: &'a AboutClaims<'a>,
    copies: &'a OfCopies<'a>,
    /// Whether the answers of each visit are wanted.
    moments: bool,
    /// The keys of claimed names and of new names already reported; filled at the first new name.
    spoken_for: Option<BTreeSet<String>>,
    /// The references whose list was already reported as rebuilt.
    rebuilt: BTreeSet<u32>,
    look: &'a mut Look<'l>,
}

impl<'a, 'l> Telling<'a, 'l> {
    fn of(name: &'a str, profile: &'a Profile, given: Given<'a, 'l>, moments: bool) -> Self {
        let Given {
            answered,
            claims,
            copies,
            look,
        } = given;
        Self {
            name,
            profile,
            answered,
            claims,
            copies,
            moments,
            spoken_for: None,
            rebuilt: BTreeSet::new(),
            look,
        }
    }

    /// Skips a claim whose findings are not wanted, and remembers what it reports.
    fn pass(&mut self, place: usize, claim: &Claim) {
        let pages = lists(self.claims, place, &Cited::of(claim, self.profile));
        self.rebuilt(&pages);
        for new in pages.iter().flat_map(|page| news(&page.1)) {
            self.is_first(&new.key);
        }
    }

    /// The list of a claim that was rebuilt last, unless an earlier claim reported it.
    fn rebuilt<'p>(&mut self, pages: &'p Lists) -> Option<&'p Rebuilt> {
        let rebuilt = pages
            .iter()
            .filter_map(|page| Some((page.0, page.1.rebuilt()?)))
            .max_by_key(|pair| pair.1.by)?;
        self.rebuilt.insert(rebuilt.0).then_some(rebuilt.1)
    }

    /// Whether the name with this key is neither claimed nor reported as new before.
    fn is_first(&mut self, key: &str) -> bool {
        let profile = self.profile;
        self.spoken_for
            .get_or_insert_with(|| claimed_anywhere(profile))
            .insert(key.to_owned())
    }

    fn claim(&mut self, place: usize, claim: &Claim, take: &mut dyn FnMut(Series)) {
        let cited = Cited::of(claim, self.profile);
        match (&claim.statement, subject_of(claim)) {
            (Statement::Listed { names, .. }, _) => self.list((place, claim), &cited, names, take),
            (_, Some(subject)) => {
                let references = cited.references.iter();
                let pages: Vec<(u32, Answers)> = references
                    .filter_map(|reference| {
                        Some((reference.number, (self.claims)(place, reference.number)?))
                    })
                    .collect();
                let copies = copies(self.copies, place, &cited);
                let tracks = Tracks {
                    own: spoken(&pages),
                    copied: spoken(&copies),
                };
                let mut folded = fold(&cited.accessed, &tracks);
                twin::apart(&mut folded, &tracks.own, self.look);
                take(self.series(claim, subject, folded, &tracks));
            }
            (_, None) => {}
        }
    }

    /// All findings about a listed claim: the list, the names in the order of the claim, the new names in the order of the page.
    fn list(
        &mut self,
        (place, claim): (usize, &Claim),
        cited: &Cited<'_>,
        names: &[ListedName],
        take: &mut dyn FnMut(Series),
    ) {
        let answered = self.answered;
        let (units, why) = answered.names(place, claim, names);
        let pages = lists(self.claims, place, cited);
        let copied = copied_lists(self.copies, place, cited);
        if let Some(rebuilt) = self.rebuilt(&pages) {
            let subject = Subject::List {
                claim: claim.id.clone(),
            };
            take(self.series(claim, subject, of_list(rebuilt), &Tracks::default()));
        }
        for (at, unit) in units.iter().enumerate() {
            let moved: Vec<Option<Track<Said>>> = pages
                .iter()
                .map(|(number, page)| moved::between_lists(page.names(), at, cited.day_of(*number)))
                .collect();
            let own = pages.iter().zip(&moved);
            let own = own.filter_map(|((number, it), moved)| {
                Some((*number, moved.as_ref().or_else(|| it.names().get(at))?))
            });
            let copied = copied.iter();
            let tracks = Tracks {
                own: own.collect(),
                copied: copied
                    .filter_map(|(number, it)| Some((*number, it.names().get(at)?)))
                    .collect(),
            };
            let mut folded = fold(&cited.accessed, &tracks);
            let elsewhere = Elsewhere {
                profile: self.profile,
                cited,
                pages: &answered.pages,
            };
            moved::between_pages(&mut folded, unit, &tracks.own, &elsewhere, self.look);
            folded.said.reasons.extend(why.get(unit).cloned());
            let subject = Subject::Name {
                claim: claim.id.clone(),
                name: unit.clone(),
            };
            take(self.series(claim, subject, folded, &tracks));
        }
        self.new_names(claim, cited, (&pages, &copied), take);
    }

    /// The names that the latest pages list and that no claim of the profile has.
    fn new_names<'p>(
        &mut self,
        claim: &Claim,
        cited: &Cited<'_>,
        (pages, copied): (&'p Lists, &'p Lists),
        take: &mut dyn FnMut(Series),
    ) {
        // "Partners include …" names only some: further names on the page do not contradict it.
        if matches!(
            claim.statement,
            Statement::Listed {
                complete: Some(false),
                ..
            }
        ) {
            return;
        }
        for (_, page) in pages {
            for new in news(page) {
                if !self.is_first(&new.key) {
                    continue;
                }
                let about = |pages: &'p Lists| {
                    let about = pages.iter();
                    about
                        .map(|(number, about)| (*number, about.about_new(&new.key)))
                        .collect()
                };
                let tracks = Tracks {
                    own: about(pages),
                    copied: about(copied),
                };
                let folded = fold(&cited.accessed, &tracks);
                let subject = Subject::NewName {
                    claim: claim.id.clone(),
                    name: new.name.clone(),
                };
                take(self.series(claim, subject, folded, &tracks));
            }
        }
    }

    fn series(
        &self,
        claim: &Claim,
        subject: Subject,
        folded: Folded,
        tracks: &Tracks<'_>,
    ) -> Series {
        let conclusion = Conclusion::Verdict(folded.said.verdict);
        let finding = Finding {
            confidence: round(folded.said.score),
            reasons: folded.said.reasons,
            evidence: folded.said.evidence,
            history: folded.history,
            copy: folded.copy,
            copies: folded.copies,
            ..Finding::of(self.name, subject, conclusion, &claim.cites)
        };
        Series {
            finding,
            moments: if self.moments {
                moments(tracks)
            } else {
                Vec::new()
            },
        }
    }
}

/// The runs of the tracks, oldest first; a copy has only one moment.
fn moments(tracks: &Tracks<'_>) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    let own = tracks.own.iter().map(|own| (own, false));
    for ((reference, track), is_copy) in
        own.chain(tracks.copied.iter().map(|copied| (copied, true)))
    {
        let latest = track.runs().len().saturating_sub(1);
        moments.extend(track.runs().iter().enumerate().map(|(place, entry)| {
            Moment {
                date: entry.first,
                until: (place < latest || is_copy).then_some(entry.last),
                reference: *reference,
                capture: entry
                    .said
                    .evidence
                    .first()
                    .map(|evidence| evidence.capture.clone()),
                verdict: entry.said.verdict.clone(),
            }
        }));
    }
    moments.sort_by_key(|moment| (moment.date, moment.reference));
    moments
}

/// What pages say about words, by the numbers of the references.
fn spoken(pages: &[(u32, Answers)]) -> Vec<(u32, &Track<Said>)> {
    let words = pages.iter().filter_map(|(number, page)| match page {
        Answers::Words(words) => Some((*number, words.track())),
        _ => None,
    });
    words.collect()
}

/// What the copies of the pages that a claim cites say about it, by the numbers of the references.
fn copies(copies: &OfCopies<'_>, place: usize, cited: &Cited<'_>) -> Vec<(u32, Answers)> {
    let references = cited.references.iter();
    let of = |number: u32| {
        copies(place, number)
            .into_iter()
            .map(move |copy| (number, copy))
    };
    references
        .flat_map(|reference| of(reference.number))
        .collect()
}

/// The same for its list.
fn copied_lists(of: &OfCopies<'_>, place: usize, cited: &Cited<'_>) -> Lists {
    let lists = copies(of, place, cited).into_iter();
    lists
        .filter_map(|(number, list)| match list {
            Answers::Names(names) => Some((number, names)),
            _ => None,
        })
        .collect()
}

/// The statement about a rebuilt list.
fn of_list(rebuilt: &Rebuilt) -> Folded {
    let verdict = Verdict::Redesigned {
        from: rebuilt.from.clone(),
        to: rebuilt.to.clone(),
    };
    Folded {
        said: Said {
            score: grounds::REBUILT.score,
            reasons: vec![
                grounds::REBUILT.saying(&format!("{} of the claimed names stayed", rebuilt.kept)),
            ],
            evidence: rebuilt.evidence.clone(),
            ..Said::of(verdict)
        },
        history: History {
            changed_after: Some(rebuilt.after),
            changed_by: Some(rebuilt.by),
            ..History::default()
        },
        copy: None,
        copies: Vec::new(),
    }
}

/// All findings about a profile, from every visit of its pages.
///
/// `visits` returns the visits of the page of a reference that count, oldest first. The same visits give the same
/// findings, byte for byte, whether or not answers were stored in between.
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
    let mut claims: HashMap<(usize, u32), Answers> = HashMap::new();
    let mut take = |answered: &mut Answered, (part, question): (Part, Question<'_>)| {
        let number = question.reference().number;
        match part {
            Part::Claim(place) => drop(claims.insert((place, number), ask(&question, number))),
            part => answered.take(part, number, ask(&question, number)),
        }
    };
    let names = names_asked(profile, None);
    for question in questions(profile, &names) {
        take(&mut answered, question);
    }
    let names = names_asked(profile, Some(&answered));
    for choice in questions_of_choices(profile, &names) {
        take(&mut answered, choice);
    }
    let mut findings = Vec::new();
    let given = Given {
        answered: &answered,
        claims: &|place, number| claims.get(&(place, number)).cloned(),
        copies: &|_, _| Vec::new(),
        look: &mut |number, until, tell| {
            let mut visits = visits.get(&number).into_iter().flatten();
            let until =
                |visited: &&Visited<'_>| visited.hops.last().is_some_and(|hop| hop.date <= until);
            if let Some(visited) = visits.rfind(until) {
                tell(&Page::of(*visited));
            }
        },
    };
    findings_from(name, profile, given, &mut |it| findings.push(it));
    findings
}

impl Cited<'_> {
    /// The access date of one of them.
    fn day_of(&self, number: u32) -> Option<Instant> {
        let reference = self
            .references
            .iter()
            .find(|reference| reference.number == number)?;
        accessed_at(reference)
    }
}
