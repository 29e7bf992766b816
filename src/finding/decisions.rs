//! All that people decided, as it counts on a day.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Finding, FindingId, Mark, Mute, Muted, Review, Standing, State, applying};

/// All reviews and mutes of an archive, and the day on which they are looked at.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    reviews: Vec<Review>,
    mutes: Vec<Mute>,
    today: NaiveDate,
    /// The place of the review that counts for each finding.
    counting: HashMap<FindingId, usize>,
    /// The place of the mute that counts, by profile, claim and kind.
    muting: HashMap<(String, String, Muted), usize>,
}

impl Decisions {
    /// The decisions in `reviews` and `mutes`, each oldest first, on the day `today` (UTC).
    #[must_use]
    pub fn of(reviews: Vec<Review>, mutes: Vec<Mute>, today: NaiveDate) -> Self {
        let places: HashMap<*const Review, usize> = reviews
            .iter()
            .enumerate()
            .map(|(place, it)| (std::ptr::from_ref(it), place))
            .collect();
        let counting = applying(&reviews)
            .into_iter()
            .filter_map(|(id, it)| Some((id.clone(), *places.get(&std::ptr::from_ref(it))?)))
            .collect();
        let mut muting = HashMap::new();
        for (place, it) in mutes.iter().enumerate() {
            let key = (it.profile.clone(), it.claim.clone(), it.kind);
            if it.muted {
                muting.insert(key, place);
            } else {
                muting.remove(&key);
            }
        }
        Self {
            reviews,
            mutes,
            today,
            counting,
            muting,
        }
    }

    /// Every review, oldest first.
    #[must_use]
    pub fn reviews(&self) -> &[Review] {
        &self.reviews
    }

    /// Every mute and every one taken back, oldest first.
    #[must_use]
    pub fn mutes(&self) -> &[Mute] {
        &self.mutes
    }

    /// The day on which they are looked at.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The review that counts for a finding; `None` if every decision was taken back.
    #[must_use]
    pub fn review(&self, finding: &FindingId) -> Option<&Review> {
        self.reviews.get(*self.counting.get(finding)?)
    }

    /// The reviews that count, in no order.
    pub fn counting(&self) -> impl Iterator<Item = &Review> {
        let places = self.counting.values();
        places.filter_map(|place| self.reviews.get(*place))
    }

    /// The mute of a kind of finding about a claim; `None` if there is none, or it was taken back.
    #[must_use]
    pub fn mute(&self, profile: &str, claim: &str, kind: Muted) -> Option<&Mute> {
        let key = (profile.to_owned(), claim.to_owned(), kind);
        self.mutes.get(*self.muting.get(&key)?)
    }

    /// The state of review of a finding. A decision about the finding counts before a mute of its kind.
    #[must_use]
    pub fn standing(&self, finding: &Finding) -> Standing {
        let standing = Standing::under(finding, self.review(&finding.id), self.today);
        if !standing.is_open() || self.muting.is_empty() {
            return standing;
        }
        let kind = Muted::of(finding);
        let claim = finding.subject.claim();
        let mute = kind.zip(claim);
        match mute.and_then(|(kind, claim)| self.mute(&finding.profile, claim, kind)) {
            None => standing,
            Some(it) => Standing::Muted(Mark {
                state: State::Muted,
                by: it.by.clone(),
                at: it.at,
                note: it.note.clone(),
                until: None,
            }),
        }
    }

    /// Whether a finding needs a decision, or was put off without a day.
    #[must_use]
    pub fn is_open(&self, finding: &Finding) -> bool {
        self.standing(finding).is_open()
    }

    /// Whether a person decided that the article is to be edited for a finding, and no one has marked that as done.
    #[must_use]
    pub fn waits_for_an_edit(&self, finding: &Finding) -> bool {
        self.standing(finding).state() == State::ToEdit
    }
}
