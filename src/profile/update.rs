//! A profile brought up to its changed article: ids, decisions and corrections by hand stay.
//!
//! Three texts are laid together: the profile as it is (*mine*), the article as it was read then (*base*, where its bytes
//! are kept), and the article as it reads now (*theirs*). What somebody corrected is what mine and base differ in; what the
//! editors changed is what base and theirs differ in.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::{Claim, ListedName, Profile, Reference, Span, Statement, name_claims};
use crate::text::fold;

mod likeness;
mod references;

use likeness::matched;
use references::references;

/// A profile after its article changed, and what that changed in it.
#[derive(Clone, Debug)]
pub struct Update {
    /// The profile.
    pub profile: Profile,
    /// What is different now, in the order of the article; what is gone last.
    pub changes: Vec<Change>,
    /// How many claims say what they said.
    pub kept: usize,
}

/// Something that an update changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened to it.
    pub kind: ChangeKind,
    /// What it is: `claim partners`, `reference 3`.
    pub what: String,
    /// What it was; a list of names shows the names that went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is now; a list of names shows the names that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What an update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It says something else.
    Changed,
    /// The article has it now.
    New,
    /// The article no longer has it.
    Gone,
    /// The article and a correction by hand say different things; the correction stays.
    Kept,
}

/// Brings a profile up to its article: `theirs` is the article as it reads now, `base` as it read when `mine` was made.
#[must_use]
pub fn update(mine: &Profile, base: Option<&Profile>, theirs: &Profile) -> Update {
    let mut changes = Vec::new();
    let (references, numbers) = references(mine, base, theirs, &mut changes);
    let mut merge = Merge {
        mine,
        base,
        theirs,
        numbers,
        changes,
        kept: 0,
    };
    let claims = merge.claims(&references);
    let same = |mine: &Option<String>, base: Option<&Option<String>>| {
        base.is_some_and(|base| base == mine)
    };
    let field = |mine: &Option<String>, base: Option<&Option<String>>, theirs: &Option<String>| {
        if same(mine, base) {
            theirs.clone()
        } else {
            mine.clone().or_else(|| theirs.clone())
        }
    };
    let title = if base.is_some_and(|base| base.title == mine.title) {
        theirs.title.clone()
    } else {
        mine.title.clone()
    };
    let profile = Profile {
        title,
        kind: field(&mine.kind, base.map(|base| &base.kind), &theirs.kind),
        project_of: field(
            &mine.project_of,
            base.map(|base| &base.project_of),
            &theirs.project_of,
        ),
        article: mine.article.clone().or_else(|| theirs.article.clone()),
        source: theirs.source.clone(),
        references,
        claims,
        ..mine.clone()
    };
    Update {
        profile,
        changes: merge.changes,
        kept: merge.kept,
    }
}

fn change(kind: ChangeKind, what: &str, from: Option<String>, to: Option<String>) -> Change {
    Change {
        kind,
        what: what.to_owned(),
        from,
        to,
    }
}

struct Merge<'a> {
    mine: &'a Profile,
    base: Option<&'a Profile>,
    theirs: &'a Profile,
    numbers: BTreeMap<u32, u32>,
    changes: Vec<Change>,
    kept: usize,
}

impl Merge<'_> {
    fn claims(&mut self, references: &[Reference]) -> Vec<Claim> {
        let based = self
            .base
            .map(|base| matched(&self.mine.claims, &base.claims));
        let was = |at: usize| {
            let place = based.as_ref()?.iter().find(|pair| pair.0 == at)?.1;
            self.base?.claims.get(place)
        };
        // The article's own words of then say best which of its words of now they are.
        let old: Vec<Claim> = (0..self.mine.claims.len())
            .map(|at| {
                let claim = &self.mine.claims[at];
                was(at).map_or_else(
                    || claim.clone(),
                    |was| Claim {
                        id: claim.id.clone(),
                        ..was.clone()
                    },
                )
            })
            .collect();
        let read_then: Vec<Option<Claim>> = (0..old.len()).map(|at| was(at).cloned()).collect();
        let pairs = matched(&old, &self.theirs.claims);
        let dropped = self.dropped(based.as_deref());
        let mut merged: Vec<(Option<usize>, Claim)> = Vec::new();
        for (at, new) in self.theirs.claims.iter().enumerate() {
            let pair = pairs.iter().find(|pair| pair.1 == at).map(|pair| pair.0);
            match pair {
                Some(place) => {
                    let claim =
                        self.claim(place, read_then.get(place).and_then(Option::as_ref), new);
                    merged.push((Some(place), claim));
                }
                None if dropped.contains(&at) => {}
                None => merged.push((
                    None,
                    Claim {
                        id: String::new(),
                        ..new.clone()
                    },
                )),
            }
        }
        self.unmatched(&pairs, &read_then, &mut merged);
        let known: HashSet<u32> = references
            .iter()
            .map(|reference| reference.number)
            .collect();
        let mut claims: Vec<Claim> = merged.iter().map(|merged| merged.1.clone()).collect();
        for claim in &mut claims {
            claim.cites.retain(|cite| known.contains(cite));
        }
        name_claims(&mut claims);
        for ((place, _), claim) in merged.iter().zip(&claims) {
            if place.is_none() {
                let what = format!("claim {}", claim.id);
                self.changes.push(change(
                    ChangeKind::New,
                    &what,
                    None,
                    Some(words(&claim.statement)),
                ));
            }
        }
        claims
    }

    /// The claims of the article that somebody took out of the profile: they were in the base and are not in mine.
    fn dropped(&self, based: Option<&[(usize, usize)]>) -> HashSet<usize> {
        let (Some(base), Some(based)) = (self.base, based) else {
            return HashSet::new();
        };
        let pairs = matched(&base.claims, &self.theirs.claims);
        pairs
            .into_iter()
            .filter(|(was, _)| !based.iter().any(|pair| pair.1 == *was))
            .map(|pair| pair.1)
            .collect()
    }

    /// Claims of the profile that nothing in the article answers to: those made by hand stay, the others are gone.
    fn unmatched(
        &mut self,
        pairs: &[(usize, usize)],
        bases: &[Option<Claim>],
        merged: &mut Vec<(Option<usize>, Claim)>,
    ) {
        for (at, claim) in self.mine.claims.iter().enumerate() {
            if pairs.iter().any(|pair| pair.0 == at) {
                continue;
            }
            let read = match self.base {
                Some(_) => bases.get(at).is_some_and(Option::is_some),
                None => claim.place.is_some() || claim.bytes.is_some(),
            };
            if read {
                let what = format!("claim {}", claim.id);
                let from = Some(words(&claim.statement));
                self.changes
                    .push(change(ChangeKind::Gone, &what, from, None));
                continue;
            }
            let mut claim = claim.clone();
            claim.cites = self.renumbered(&claim.cites);
            // It keeps its place: behind the claim that it stood behind.
            let before = (0..at)
                .rev()
                .find_map(|earlier| merged.iter().position(|pair| pair.0 == Some(earlier)));
            merged.insert(before.map_or(0, |before| before + 1), (Some(at), claim));
        }
    }

    fn renumbered(&self, cites: &[u32]) -> Vec<u32> {
        let mut numbers: Vec<u32> = cites
            .iter()
            .filter_map(|cite| self.numbers.get(cite).copied())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// One claim: the article's words of now, with what was corrected by hand.
    fn claim(&mut self, at: usize, base: Option<&Claim>, theirs: &Claim) -> Claim {
        let mine = &self.mine.claims[at];
        let unchanged = mine.sentence.is_some() && mine.sentence == theirs.sentence;
        let statement = match base {
            Some(base) if base.statement == mine.statement => theirs.statement.clone(),
            Some(base) if base.statement == theirs.statement => mine.statement.clone(),
            Some(base) => self.both(mine, base, theirs),
            None if unchanged => mine.statement.clone(),
            None => taken(&mine.statement, &theirs.statement),
        };
        let cites = match base {
            Some(base) if base.cites != mine.cites => self.renumbered(&mine.cites),
            _ => theirs.cites.clone(),
        };
        let what = format!("claim {}", mine.id);
        if statement == mine.statement {
            self.kept += 1;
        } else {
            let (from, to) = difference(&mine.statement, &statement);
            self.changes
                .push(change(ChangeKind::Changed, &what, from, to));
        }
        Claim {
            id: mine.id.clone(),
            cites,
            section: theirs.section.clone(),
            place: theirs.place.clone(),
            sentence: theirs.sentence.clone(),
            bytes: theirs.bytes,
            spans: spans(&statement, theirs),
            statement,
        }
    }

    /// Both changed it: names are taken out and put in as each did; else the correction stays, and is reported.
    fn both(&mut self, mine: &Claim, base: &Claim, theirs: &Claim) -> Statement {
        if let (
            Statement::Listed {
                relation,
                names,
                complete,
            },
            Statement::Listed { names: was, .. },
            Statement::Listed { names: new, .. },
        ) = (&mine.statement, &base.statement, &theirs.statement)
        {
            let holds = |names: &[ListedName], name: &ListedName| {
                names.iter().any(|label| same(label, name))
            };
            let mut all: Vec<ListedName> = new
                .iter()
                .filter(|new| holds(names, new) || !holds(was, new))
                .cloned()
                .collect();
            for name in names.iter().filter(|name| !holds(was, name)) {
                if !holds(&all, name) {
                    all.push(name.clone());
                }
            }
            return Statement::Listed {
                relation: relation.clone(),
                names: all,
                complete: *complete,
            };
        }
        let what = format!("claim {}", mine.id);
        self.changes.push(change(
            ChangeKind::Kept,
            &what,
            Some(words(&mine.statement)),
            Some(words(&theirs.statement)),
        ));
        mine.statement.clone()
    }
}

/// The article's statement of now where nothing tells what was corrected; what only people write stays.
fn taken(mine: &Statement, theirs: &Statement) -> Statement {
    match (mine, theirs) {
        (
            Statement::Listed {
                complete: Some(complete),
                ..
            },
            Statement::Listed {
                relation, names, ..
            },
        ) => Statement::Listed {
            relation: relation.clone(),
            names: names.clone(),
            complete: Some(*complete),
        },
        _ => theirs.clone(),
    }
}

fn same(one: &ListedName, other: &ListedName) -> bool {
    fold(&name(one)) == fold(&name(other))
}

fn name(name: &ListedName) -> String {
    match name {
        ListedName::One(name) => name.clone(),
        ListedName::Ambiguous(parts) => parts.join(", "),
    }
}

/// Where a statement's names stand, where it may have others than the article's own.
fn spans(statement: &Statement, theirs: &Claim) -> Vec<Span> {
    match (statement, &theirs.statement) {
        (Statement::Listed { names, .. }, Statement::Listed { names: new, .. }) if names != new => {
            names
                .iter()
                .map(|name| {
                    let at = new.iter().position(|other| same(name, other));
                    at.and_then(|it| theirs.spans.get(it))
                        .copied()
                        .unwrap_or_default()
                })
                .collect()
        }
        (one, other) if one == other => theirs.spans.clone(),
        (Statement::Listed { .. }, _) => theirs.spans.clone(),
        _ => Vec::new(),
    }
}

/// A statement in one line.
fn words(statement: &Statement) -> String {
    match statement {
        Statement::Listed { names, .. } => names.iter().map(name).collect::<Vec<_>>().join("; "),
        Statement::Quoted { exact } => format!("“{exact}”"),
        Statement::Figure { exact } | Statement::Stated { exact } => exact.clone(),
        Statement::Relation {
            subject,
            relation,
            object,
        } => format!("{subject}: {relation} {object}"),
    }
}

/// What two statements differ in.
fn difference(old: &Statement, new: &Statement) -> (Option<String>, Option<String>) {
    if let (Statement::Listed { names: old, .. }, Statement::Listed { names: new, .. }) = (old, new)
    {
        let only = |some: &[ListedName], others: &[ListedName]| {
            let names: Vec<String> = some
                .iter()
                .filter(|some| !others.iter().any(|other| same(some, other)))
                .map(name)
                .collect();
            (!names.is_empty()).then(|| names.join("; "))
        };
        return (only(old, new), only(new, old));
    }
    (Some(words(old)), Some(words(new)))
}
