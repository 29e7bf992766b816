//! Brings a profile up to date with its changed article; keeps ids, decisions and corrections by hand.
//!
//! A three-way merge: the profile as it is (*mine*), the article as it was read then (*base*, if its bytes
//! are stored), and the article as it reads now (*theirs*). Where mine and base differ, a person corrected the profile; where
//! base and theirs differ, the editors changed the article.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::{Claim, ListedName, Profile, Reference, Span, Statement, name_claims};
use crate::text::fold;

mod likeness;
mod references;

use likeness::matched;
use references::references;

/// A profile after its article changed, and the changes in it.
#[derive(Clone, Debug)]
pub struct Update {
    /// The profile.
    pub profile: Profile,
    /// The changes, in the order of the article; removals come last.
    pub changes: Vec<Change>,
    /// How many claims are unchanged.
    pub kept: usize,
}

/// A change that an update made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The kind of change.
    pub kind: ChangeKind,
    /// Its subject: `claim partners`, `reference 3`.
    pub what: String,
    /// The old value; for a list of names, the removed names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The new value; for a list of names, the added names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// The claim or reference changed.
    Changed,
    /// The article added it.
    New,
    /// The article removed it.
    Gone,
    /// The article and a correction by hand disagree; the correction stays.
    Kept,
}

/// Updates a profile: `theirs` is the article as it reads now, `base` as it read when `mine` was made.
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
        // The article's old words show best which of its new words they became.
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

    /// The claims of the article that a person removed from the profile: they are in the base and not in mine.
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

    /// Claims of the profile without a match in the article: those made by hand stay, the others are removed.
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
            // It keeps its place: after the claim that it followed.
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

    /// One claim: the article's current words, with the corrections by hand.
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

    /// Both changed it: names are removed and added as in each; otherwise the correction stays, and is reported.
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

/// The article's current statement, if it is unknown what was corrected; keeps what only people write.
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

/// The byte ranges of the names in a statement, which can differ from the names in the article.
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

/// The difference between two statements.
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
