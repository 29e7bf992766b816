//! What a rejection teaches beyond the finding that it is about.

use super::{CaptureRef, Conclusion, Decided, Decision, Mistake, Subject, Unfit, Verdict};

/// What a rejection teaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// Two spellings are one name.
    SameName {
        /// The name as the article spells it.
        name: String,
        /// The other spelling.
        other: String,
    },
    /// A name and others are those of different organizations.
    OtherBody {
        /// The name as the article spells it.
        name: String,
        /// The others.
        others: Vec<String>,
    },
    /// The reader missed what is on the page.
    OnPage,
    /// A capture is not the page: it is set aside.
    SetAside(CaptureRef),
}

impl Lesson {
    /// Whether findings have to be computed again for it.
    #[must_use]
    pub fn changes_findings(&self) -> bool {
        *self != Self::OnPage
    }

    /// That two names are one, or that they are not.
    #[must_use]
    pub fn about(name: &str, other: &str, same: bool) -> Self {
        let (name, other) = (name.to_owned(), other.to_owned());
        if same {
            Self::SameName { name, other }
        } else {
            let others = vec![other];
            Self::OtherBody { name, others }
        }
    }

    /// What is noted, as a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        format!("noted: {}", self.what())
    }

    /// What is noted.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::SameName { name, other } => {
                format!("“{name}” and “{other}” are two spellings of one name")
            }
            Self::OtherBody { name, others } => {
                let others = others.join("”, “");
                format!("“{name}” and “{others}” are different organizations")
            }
            Self::OnPage => "it is on the page; `recheck` lists what was missed".to_owned(),
            Self::SetAside(capture) => format!(
                "the capture of {} is set aside; it stays in the archive",
                crate::clock::minute(capture.date)
            ),
        }
    }
}

impl Decided {
    /// What it teaches; `None` for anything but a rejection, and for a rejection that only says "wrong".
    ///
    /// A rejected rename without a reason keeps the two names apart.
    #[must_use]
    pub fn lesson(&self) -> Option<Lesson> {
        if self.review.decision != Some(Decision::Reject) {
            return None;
        }
        let terms = &self.review.terms;
        let is_rename = matches!(
            self.about.conclusion,
            Conclusion::Verdict(Verdict::Renamed { .. })
        );
        match terms.mistake {
            Some(Mistake::SameName) => {
                let (name, others) = self.names()?;
                let other = others.into_iter().next()?;
                Some(Lesson::SameName { name, other })
            }
            Some(Mistake::OtherBody) => {
                let (name, others) = self.names()?;
                Some(Lesson::OtherBody { name, others })
            }
            Some(Mistake::OnPage) => Some(Lesson::OnPage),
            Some(Mistake::BadCopy) => terms.capture.clone().map(Lesson::SetAside),
            None | Some(Mistake::Other) if is_rename => {
                let (name, others) = self.names()?;
                Some(Lesson::OtherBody { name, others })
            }
            None | Some(Mistake::Other) => None,
        }
    }

    /// The decision with what its reason needs: a capture that is not the page is that which the finding rests on first.
    ///
    /// # Errors
    /// The reason does not fit the finding.
    pub fn fitted(mut self) -> Result<Self, Unfit> {
        match self.review.terms.mistake {
            Some(Mistake::SameName | Mistake::OtherBody) if self.names().is_none() => {
                return Err(Unfit::NoOtherName);
            }
            Some(Mistake::BadCopy) if self.review.terms.capture.is_none() => {
                let first = self
                    .about
                    .evidence
                    .first()
                    .map(|evidence| &evidence.capture);
                let is_ours = |it: &&CaptureRef| it.payload_digest.is_some() && it.source.is_none();
                let brought = first.filter(is_ours);
                self.review.terms.capture = Some(brought.ok_or(Unfit::NoCapture)?.clone());
            }
            _ => {}
        }
        Ok(self)
    }

    /// The name of the article that it is about, and the others that count as the same, or that the reviewer names.
    fn names(&self) -> Option<(String, Vec<String>)> {
        let typed = self
            .review
            .terms
            .words
            .as_ref()
            .map(|word| word.exact.clone());
        match (&self.about.subject, typed) {
            (Subject::Name { name, .. }, Some(typed)) => Some((name.clone(), vec![typed])),
            (Subject::NewName { name, .. }, Some(typed)) => Some((typed, vec![name.clone()])),
            (Subject::Name { name, .. }, None) => {
                let Conclusion::Verdict(verdict) = &self.about.conclusion else {
                    return None;
                };
                let others = match verdict {
                    Verdict::Renamed { to, .. } | Verdict::Merged { into: to, .. } => {
                        vec![to.clone()]
                    }
                    Verdict::Split { into } => into.clone(),
                    _ => return None,
                };
                Some((name.clone(), others))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{Evidence, Finding, Review, Terms},
        selector::TextQuoteSelector,
    };

    fn decided(subject: Subject, verdict: Verdict, mistake: Option<Mistake>) -> Decided {
        let conclusion = Conclusion::Verdict(verdict);
        let about = Finding::of("p", subject, conclusion, &[1]);
        let review = Review {
            finding: about.id.clone(),
            decision: Some(Decision::Reject),
            at: parse_digits14("20260101").unwrap(),
            by: "ada".into(),
            note: None,
            terms: Terms {
                mistake,
                ..Terms::default()
            },
        };
        Decided { review, about }
    }

    fn name(name: &str) -> Subject {
        Subject::Name {
            claim: "c".into(),
            name: name.into(),
        }
    }

    fn renamed() -> Verdict {
        Verdict::Renamed {
            to: "B".into(),
            because: "same link".into(),
        }
    }

    #[test]
    fn a_rename_has_two_names_and_other_findings_need_one_from_the_reviewer() {
        let same = decided(name("A"), renamed(), Some(Mistake::SameName));
        let lesson = Lesson::SameName {
            name: "A".into(),
            other: "B".into(),
        };
        assert_eq!(same.lesson(), Some(lesson));
        let mut absent = decided(name("A"), Verdict::Absent, Some(Mistake::SameName));
        assert_eq!(absent.clone().fitted(), Err(Unfit::NoOtherName));
        absent.review.terms.words = Some(TextQuoteSelector {
            exact: "A.".into(),
            prefix: String::new(),
            suffix: String::new(),
        });
        let lesson = Lesson::SameName {
            name: "A".into(),
            other: "A.".into(),
        };
        assert_eq!(absent.fitted().unwrap().lesson(), Some(lesson));
    }

    #[test]
    fn a_rejected_rename_keeps_names_apart_unless_the_reason_is_another() {
        let apart = Lesson::OtherBody {
            name: "A".into(),
            others: vec!["B".into()],
        };
        for mistake in [None, Some(Mistake::Other), Some(Mistake::OtherBody)] {
            let lesson = decided(name("A"), renamed(), mistake).lesson();
            assert_eq!(lesson.as_ref(), Some(&apart));
        }
        let on_page = decided(name("A"), renamed(), Some(Mistake::OnPage));
        assert_eq!(on_page.lesson(), Some(Lesson::OnPage));
        let mut accepted = decided(name("A"), renamed(), None);
        accepted.review.decision = Some(Decision::Accept);
        assert_eq!(accepted.lesson(), None);
    }

    #[test]
    fn only_a_capture_that_brought_a_page_can_be_set_aside() {
        let mut bad = decided(name("A"), Verdict::Absent, Some(Mistake::BadCopy));
        assert_eq!(bad.clone().fitted(), Err(Unfit::NoCapture));
        let capture = CaptureRef {
            target_uri: "https://example.org/".parse().unwrap(),
            date: parse_digits14("20250101").unwrap(),
            payload_digest: Some(crate::digest::PayloadDigest::of(b"a")),
            source: None,
        };
        bad.about.evidence = vec![Evidence::at(capture.clone())];
        let fitted = bad.fitted().unwrap();
        assert_eq!(fitted.lesson(), Some(Lesson::SetAside(capture)));
    }
}
