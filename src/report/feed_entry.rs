//! A finding as an entry of a feed.

use super::{
    Label, said, since,
    words::{lead, minute, trail},
};
use crate::{
    clock::Instant,
    feed::{self, tag},
    finding::{Evidence, Finding, Subject},
    profile::{Profile, Statement},
    text::one_line,
};

/// A finding as an entry of a feed: what it says, both quotations, and the link to it. `desk` is the public address of the desk;
/// without one, the entry leads nowhere.
#[must_use]
pub fn feed_entry(finding: &Finding, profile: &Profile, desk: &str) -> feed::Entry {
    let desk = desk.trim_end_matches('/');
    let mut text = vec![profile.title.clone(), said(finding), since(finding)];
    text.extend(finding.evidence.iter().rev().map(quoted));
    text.retain(|it| !it.is_empty());
    feed::Entry {
        id: tag(desk, &format!("finding/{}", finding.id)),
        title: title(finding, profile),
        updated: changed(finding),
        link: if desk.is_empty() {
            String::new()
        } else {
            format!("{desk}/f/{}", finding.id)
        },
        text: text.join("\n"),
    }
}

/// When a finding became so, as far as the captures show it.
#[must_use]
pub fn changed(finding: &Finding) -> Instant {
    let history = &finding.history;
    let became = history.changed_by.or(history.first_seen);
    let latest = finding.evidence.first().map(|it| it.capture.date);
    let became = became.or(history.first_judged).or(latest);
    became.unwrap_or_default()
}

/// The title: `absent: Greenpeace — partner organizations [7]`.
fn title(finding: &Finding, profile: &Profile) -> String {
    let label = Label::of(finding).words();
    let claim = finding.subject.claim();
    let claim = claim.and_then(|id| profile.claims.iter().find(|it| it.id == id));
    let relation = claim.map(|it| match &it.statement {
        Statement::Listed { relation, .. } => relation.clone().unwrap_or_else(|| it.id.clone()),
        _ => it.id.clone(),
    });
    let (about, cites) = match &finding.subject {
        Subject::Reference { number } => {
            let reference = profile.reference(*number);
            let title = reference.and_then(|it| it.title.clone().or_else(|| it.shown_url()));
            (title.unwrap_or_default(), vec![*number])
        }
        subject => (
            subject.words().unwrap_or("the list").to_owned(),
            finding.cites.clone(),
        ),
    };
    let relation = relation.map_or(String::new(), |it| format!(" — {it}"));
    let cites: Vec<String> = cites.iter().map(|it| format!("[{it}]")).collect();
    one_line(&format!("{label}: {about}{relation} {}", cites.concat()))
}

/// A quotation with its date and the digest of the page: `2022-10-21 14:00 UTC, https://…: “…words…”`.
fn quoted(evidence: &Evidence) -> String {
    let capture = &evidence.capture;
    let digest = capture.payload_digest;
    let digest = digest.map_or(String::new(), |it| format!(" ({it})"));
    let words = match &evidence.quote {
        Some(it) => one_line(&format!(
            "“{} {} {}”",
            lead(&it.prefix),
            it.exact,
            trail(&it.suffix)
        )),
        None => evidence.note.clone().unwrap_or_default(),
    };
    format!(
        "{}, {}{digest}: {words}",
        minute(capture.date),
        capture.target_uri
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{
        clock::parse_warc_date,
        finding::{CaptureRef, Conclusion, FindingId, History, Verdict},
        selector::TextQuoteSelector,
    };

    const PROFILE: &str = "format = 1\ntitle = \"Allies\"\n[[references]]\nnumber = 7\ntitle = \"Our partners\"\n\
        url = \"https://allies.example/\"\n[[claims]]\nid = \"partners\"\nkind = \"listed\"\ncites = [7]\n\
        relation = \"partner organizations\"\nnames = [\"Larch Trust\"]\n";

    fn evidence(date: &str, exact: &str) -> Evidence {
        let mut it = Evidence::at(CaptureRef {
            target_uri: "https://allies.example/".parse().unwrap(),
            date: parse_warc_date(date).unwrap(),
            payload_digest: None,
            source: None,
        });
        it.quote = Some(TextQuoteSelector {
            exact: exact.into(),
            prefix: "of ".into(),
            suffix: " and".into(),
        });
        it
    }

    #[test]
    fn an_entry_names_verdict_subject_claim_and_reference_and_quotes_both_copies() {
        let profile = Profile::from_toml(PROFILE, Path::new("p.toml")).unwrap();
        let at = |text: &str| parse_warc_date(text).unwrap();
        let finding = Finding {
            id: FindingId("410082f4df34".into()),
            profile: "p".into(),
            subject: Subject::Name {
                claim: "partners".into(),
                name: "Larch Trust".into(),
            },
            cites: vec![7],
            conclusion: Conclusion::Verdict(Verdict::Absent),
            confidence: 0.9,
            reasons: Vec::new(),
            evidence: vec![
                evidence("2026-09-15T06:00:00Z", "Nettle Forum"),
                evidence("2022-10-21T14:00:00Z", "Larch Trust"),
            ],
            history: History {
                changed_after: Some(at("2022-10-21T14:00:00Z")),
                changed_by: Some(at("2024-06-11T00:00:00Z")),
                ..History::default()
            },
            copy: None,
            copies: Vec::new(),
        };
        let entry = feed_entry(&finding, &profile, "https://desk.example/");
        assert_eq!(
            entry.title,
            "absent: Larch Trust — partner organizations [7]"
        );
        assert_eq!(entry.id, "tag:desk.example,2026:finding/410082f4df34");
        assert_eq!(entry.link, "https://desk.example/f/410082f4df34");
        assert_eq!(entry.updated, at("2024-06-11T00:00:00Z"));
        let quotes: Vec<&str> = entry.text.lines().filter(|it| it.contains('“')).collect();
        assert_eq!(quotes.len(), 2, "{}", entry.text);
        assert!(quotes[0].contains("Larch Trust") && quotes[0].starts_with("2022-10-21 14:00 UTC"));
        assert!(quotes[1].contains("Nettle Forum"));
        assert_eq!(feed_entry(&finding, &profile, "").link, "");
    }
}
