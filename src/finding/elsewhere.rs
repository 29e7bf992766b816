//! Another cited page that has everything that an article cites a lost page for.

use super::{Finding, Subject, Weight};
use crate::uri::TargetUri;

/// The page besides `lost` on which everything is found that the claims citing reference `number` say; `None` if nothing depends
/// on the reference, or if no single page has it all.
///
/// Only pages that the same claims cite count, because no other page was asked.
#[must_use]
pub fn page_with_all<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    number: u32,
    lost: &TargetUri,
) -> Option<&'f TargetUri> {
    let resting = findings.into_iter().filter(|finding| {
        let stated = !matches!(
            finding.subject,
            Subject::Reference { .. } | Subject::List { .. } | Subject::NewName { .. }
        );
        stated && finding.cites.contains(&number)
    });
    let mut page = None;
    for finding in resting {
        let evidence = finding.evidence.first()?;
        let has_words = evidence.quote.is_some() && finding.weight() == Weight::Settled;
        let here = &evidence.capture.target_uri;
        if !has_words || here == lost || page.is_some_and(|page| page != here) {
            return None;
        }
        page = Some(here);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::parse_digits14,
        finding::{CaptureRef, Conclusion, Evidence, Verdict},
        selector::TextQuoteSelector,
    };

    fn quotation(words: &str, verdict: Verdict, page: &str) -> Finding {
        let subject = Subject::Quotation {
            claim: words.into(),
            exact: words.into(),
        };
        let conclusion = Conclusion::Verdict(verdict);
        let capture = CaptureRef {
            target_uri: page.parse().unwrap(),
            date: parse_digits14("2024").unwrap(),
            payload_digest: None,
            source: None,
        };
        Finding {
            evidence: vec![Evidence {
                quote: Some(TextQuoteSelector::of(words, 0..words.len())),
                ..Evidence::at(capture)
            }],
            ..Finding::of("p", subject, conclusion, &[1, 2])
        }
    }

    #[test]
    fn a_page_counts_only_if_it_has_everything() {
        let (lost, other) = ("https://a.test/", "https://b.test/");
        let there = quotation("one", Verdict::Present, other);
        let too = quotation("two", Verdict::Present, other);
        let of = |findings: &[&Finding]| {
            let all = findings.iter().copied();
            page_with_all(all, 1, &lost.parse().unwrap()).map(ToString::to_string)
        };
        assert_eq!(of(&[&there, &too]).as_deref(), Some(other));
        assert_eq!(of(&[]), None);
        for but in [
            quotation("three", Verdict::Absent, other),
            quotation("three", Verdict::Present, "https://c.test/"),
            quotation("three", Verdict::Present, lost),
        ] {
            assert_eq!(of(&[&there, &but]), None, "{but:?}");
        }
        let mut elsewhere = quotation("four", Verdict::Absent, other);
        elsewhere.cites = vec![3];
        assert_eq!(of(&[&there, &elsewhere]).as_deref(), Some(other));
    }
}
