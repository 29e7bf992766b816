//! The plan of a run: the seeds of all profiles, each with the time when it is due.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::{
    clock::Instant,
    schedule::{Auto, Cadence, CadenceError, LastVisit, Observed, Why},
    store::{Store, StoreError},
    uri::{TargetUri, UriError, without_credentials},
};

use super::Named;

/// A page that visits start from, and the references to it.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The page.
    pub uri: TargetUri,
    /// How often it is visited: the shortest cadence of all references that share it.
    pub cadence: Cadence,
    /// Its last visit.
    pub last: Option<LastVisit>,
    /// When it is due; `None` for immediately.
    pub due: Option<Instant>,
    /// Why then.
    pub why: Why,
    /// The profiles and reference numbers that share it.
    pub references: Vec<(String, u32)>,
    /// Whether its address contained a name or password, which are left out.
    pub had_credentials: bool,
}

impl Seed {
    /// Whether it is due at `now`.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.due.is_none_or(|due| due <= now)
    }
}

/// Why a profile cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The address of a reference.
    #[error("profile {profile}, reference {number}: the address cannot be visited")]
    Address {
        /// The profile.
        profile: String,
        /// The reference.
        number: u32,
        /// Why not.
        #[source]
        source: UriError,
    },
    /// A cadence.
    #[error("profile {profile}{at}: `every` is not valid")]
    Cadence {
        /// The profile.
        profile: String,
        /// `, reference 3`, or empty for that of the profile.
        at: String,
        /// Why not.
        #[source]
        source: CadenceError,
    },
}

impl PlanError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Address { .. } => {
                "correct or remove `url` in the profile; `stillsays profile lint` lists all such places".into()
            }
            Self::Cadence { source, .. } => source.hint().into(),
        }
    }
}

/// When seeds are due.
#[derive(Clone, Debug)]
pub struct Rhythm {
    /// The cadence, unless a profile or reference has its own.
    pub every: Cadence,
    /// How soon after a failed visit.
    pub retry: TimeDelta,
    /// The bounds of cadences that follow the changes of a page.
    pub auto: Auto,
}

/// What is known of the visits of pages.
pub struct Past<'a> {
    /// The last visit of a page.
    pub last: &'a dyn Fn(&TargetUri) -> Option<LastVisit>,
    /// What the visits of a page showed of its changes.
    pub observed: &'a dyn Fn(&TargetUri) -> Vec<Observed>,
}

impl Past<'_> {
    /// The last visit of a page, when it is due next, and why then.
    fn due(
        &self,
        page: &TargetUri,
        every: &Cadence,
        rhythm: &Rhythm,
    ) -> (Option<LastVisit>, Option<Instant>, Why) {
        let last = (self.last)(page);
        let observed = if every.is_auto() {
            (self.observed)(page)
        } else {
            Vec::new()
        };
        let known = (page.as_str(), observed.as_slice());
        let (due, why) = every.due(last, rhythm.retry, &rhythm.auto, known);
        (last, due, why)
    }
}

/// What the visits of a page showed of its changes. Visits that brought no page show nothing.
///
/// # Errors
/// The archive cannot be read.
pub fn observed(store: &Store, page: &TargetUri) -> Result<Vec<Observed>, StoreError> {
    let mut observed = Vec::new();
    let mut before: Option<(Instant, i64)> = None;
    for span in store.past(page)? {
        if let Some((last, essence)) = before {
            observed.push(Observed {
                after: span.first - last,
                changed: span.essence != essence,
                times: 1,
            });
        }
        let more = i32::try_from(span.visits.saturating_sub(1)).unwrap_or(i32::MAX);
        if more > 0 {
            observed.push(Observed {
                after: (span.last - span.first) / more,
                changed: false,
                times: u64::from(more.unsigned_abs()),
            });
        }
        before = Some((span.last, span.essence));
    }
    Ok(observed)
}

/// All seeds of `profiles`, in the order of their first reference.
///
/// # Errors
/// An address or a cadence in a profile that cannot be used.
pub fn seeds(profiles: &[Named], rhythm: &Rhythm, past: &Past<'_>) -> Result<Vec<Seed>, PlanError> {
    let mut seeds: Vec<Seed> = Vec::new();
    let mut places: BTreeMap<TargetUri, usize> = BTreeMap::new();
    for Named { name, profile, .. } in profiles {
        let cadence = |text: &str, at: String| {
            text.parse::<Cadence>()
                .map_err(|source| PlanError::Cadence {
                    profile: name.clone(),
                    at,
                    source,
                })
        };
        let own = match &profile.every {
            Some(text) => cadence(text, String::new())?,
            None => rhythm.every.clone(),
        };
        for reference in &profile.references {
            let Some(url) = &reference.url else { continue };
            let (uri, _) = TargetUri::parse(url).map_err(|source| PlanError::Address {
                profile: name.clone(),
                number: reference.number,
                source,
            })?;
            let every = match &reference.every {
                Some(text) => cadence(text, format!(", reference {}", reference.number))?,
                None => own.clone(),
            };
            let (last, due, why) = past.due(&uri, &every, rhythm);
            let place = *places.entry(uri.clone()).or_insert(seeds.len());
            if let Some(seed) = seeds.get_mut(place) {
                if due < seed.due {
                    (seed.due, seed.why, seed.cadence) = (due, why, every);
                }
                seed.references.push((name.clone(), reference.number));
            } else {
                seeds.push(Seed {
                    uri,
                    cadence: every,
                    last,
                    due,
                    why,
                    references: vec![(name.clone(), reference.number)],
                    had_credentials: without_credentials(url) != *url,
                });
            }
        }
        // The article's own page; no claim rests on it.
        let article = profile.article.as_deref().filter(|_| profile.watch);
        if let Some(Ok((uri, _))) = article.map(TargetUri::parse)
            && !places.contains_key(&uri)
        {
            let (last, due, why) = past.due(&uri, &own, rhythm);
            places.insert(uri.clone(), seeds.len());
            seeds.push(Seed {
                had_credentials: article
                    .is_some_and(|article| without_credentials(article) != *article),
                uri,
                cadence: own,
                last,
                due,
                why,
                references: Vec::new(),
            });
        }
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::parse_digits14, profile::Profile};

    fn named(name: &str, every: Option<&str>, references: &[(u32, &str, Option<&str>)]) -> Named {
        let references = references
            .iter()
            .map(|(number, url, every)| crate::profile::Reference {
                number: *number,
                url: Some((*url).to_owned()),
                every: every.map(str::to_owned),
                ..Default::default()
            })
            .collect();
        Named {
            name: name.to_owned(),
            profile: Profile {
                every: every.map(str::to_owned),
                references,
                ..Profile::default()
            },
            ..Named::default()
        }
    }

    fn rhythm() -> Rhythm {
        Rhythm {
            every: "1d".parse().unwrap(),
            retry: TimeDelta::hours(6),
            auto: Auto {
                min: TimeDelta::hours(6),
                max: TimeDelta::days(30),
            },
        }
    }

    /// The seeds of `profiles`, whose pages were last visited so and never changed.
    fn planned(
        profiles: &[Named],
        last: &dyn Fn(&TargetUri) -> Option<LastVisit>,
    ) -> Result<Vec<Seed>, PlanError> {
        let observed = &|_: &TargetUri| Vec::new();
        seeds(profiles, &rhythm(), &Past { last, observed })
    }

    #[test]
    fn references_that_share_a_page_share_a_seed_and_its_most_eager_cadence() {
        let profiles = [
            named(
                "a",
                None,
                &[
                    (1, "https://example.org/x", None),
                    (4, "https://example.org/x#y", None),
                ],
            ),
            named(
                "b",
                Some("1h"),
                &[
                    (2, "https://example.org/x", None),
                    (3, "https://example.org/z", Some("1w")),
                ],
            ),
        ];
        let at = parse_digits14("2024").unwrap();
        let visited = |uri: &str| {
            (
                uri.parse::<TargetUri>().unwrap(),
                LastVisit { at, failed: false },
            )
        };
        let last = [
            visited("https://example.org/x"),
            visited("https://example.org/z"),
        ];
        let last = BTreeMap::from(last);
        let seeds = planned(&profiles, &|it| last.get(it).copied()).unwrap();
        assert_eq!(seeds.len(), 2);
        assert_eq!(seeds[0].references.len(), 3);
        assert_eq!(seeds[0].due, Some(at + TimeDelta::hours(1)));
        assert!(!seeds[1].is_due(at + TimeDelta::days(6)));
        assert!(seeds[1].is_due(at + TimeDelta::days(7)));
    }

    #[test]
    fn what_was_never_visited_is_due_at_once() {
        let profiles = [named("a", None, &[(1, "https://example.org/", None)])];
        let seeds = planned(&profiles, &|_| None).unwrap();
        assert!(seeds[0].is_due(parse_digits14("1990").unwrap()));
    }

    #[test]
    fn a_wrong_cadence_is_reported_with_its_profile_and_reference() {
        let profiles = [named(
            "a",
            None,
            &[(7, "https://example.org/", Some("often"))],
        )];
        let error = planned(&profiles, &|_| None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "profile a, reference 7: `every` is not valid"
        );
        assert!(!error.hint().is_empty());
    }
}
