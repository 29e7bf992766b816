//! Findings as W3C Web Annotations (Web Annotation Data Model, 2017): the words of the finding, and its places in the captures.

use std::{collections::HashMap, hash::BuildHasher};

use serde_json::{Value, json};

use super::{ClaimSection, Entry, ReferenceSection, Report};
use crate::{
    capture::Removed,
    clock::{Instant, warc_date},
    digest::PayloadDigest,
    finding::{Evidence, Finding},
    selector::TextQuoteSelector,
    text::escaped_controls,
};

/// The context that defines the terms of annotations.
const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

/// A finding as an annotation: what it says, its places in the captures, and their dates (3.2.4, 4.2, 4.3.1).
#[must_use]
pub fn annotation<S: BuildHasher>(
    finding: &Finding,
    said: &str,
    created: Instant,
    software: &str,
    removed: &HashMap<PayloadDigest, Removed, S>,
) -> Value {
    let target = |evidence: &Evidence| target(evidence, removed);
    json!({
        "@context": CONTEXT,
        "id": id(finding),
        "type": "Annotation",
        "motivation": "assessing",
        "created": warc_date(created),
        "creator": {"type": "Software", "name": software},
        "body": [
            {"type": "TextualBody", "value": said, "format": "text/plain", "purpose": "assessing"},
            {"type": "Dataset", "format": "application/json", "value": finding},
        ],
        "target": finding.evidence.iter().map(target).collect::<Vec<_>>(),
    })
}

fn id(finding: &Finding) -> String {
    format!("urn:stillsays:finding:{}", finding.id)
}

/// A place in a form that other programs find: in their text of a page, nothing parts two blocks, and positions are other ones.
fn for_others(evidence: &Evidence) -> Evidence {
    let quote = evidence.quote.clone().map(|quote| TextQuoteSelector {
        prefix: quote
            .prefix
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .to_owned(),
        suffix: quote
            .suffix
            .split('\n')
            .next()
            .unwrap_or_default()
            .to_owned(),
        ..quote
    });
    Evidence {
        quote,
        position: None,
        ..evidence.clone()
    }
}

/// A place in a capture.
fn target<S: BuildHasher>(
    evidence: &Evidence,
    removed: &HashMap<PayloadDigest, Removed, S>,
) -> Value {
    let selectors = [
        evidence.quote.as_ref().map(|quote| json!(quote)),
        evidence.position.as_ref().map(|position| json!(position)),
        evidence.element.as_ref().map(|it| json!(it)),
        evidence.fragment.as_ref().map(|fragment| json!(fragment)),
    ];
    let selectors: Vec<Value> = selectors.into_iter().flatten().collect();
    let capture = &evidence.capture;
    let mut target = json!({
        "type": "SpecificResource",
        "source": capture.target_uri,
        "state": {"type": "TimeState", "sourceDate": warc_date(capture.date)},
    });
    let source = capture.source.as_ref();
    if let Some(memento) = source.and_then(crate::capture::Source::link) {
        target["state"]["cached"] = json!(memento);
    }
    if !selectors.is_empty() {
        target["selector"] = Value::Array(selectors);
    }
    if let Some(digest) = capture.payload_digest {
        target["payload_digest"] = json!(digest);
        if let Some(removed) = removed.get(&digest) {
            target["payload_removed"] = json!({"at": warc_date(removed.at), "why": removed.why});
        }
    }
    target
}

impl Report {
    /// All findings as an annotation collection (5.1) with one page. The finding itself is not part of it: JSON has it.
    #[must_use]
    pub fn to_annotations(&self, software: &str) -> String {
        let of_references = self.references.iter().filter_map(|reference| {
            let entry = reference.entry.as_ref()?;
            Some(self.item(entry, &reference.said, &addresses_of(reference)))
        });
        let of_claims = self.claims.iter().flat_map(|claim| {
            let cited = self.cited(claim);
            let item = move |entry: &Entry| self.item(entry, &entry.said, &cited);
            claim.entries.iter().map(item)
        });
        let items: Vec<Value> = of_references.chain(of_claims).collect();
        let name = format!("urn:stillsays:profile:{}", self.profile);
        let mut collection = json!({
            "@context": CONTEXT,
            "id": format!("{name}:findings"),
            "type": "AnnotationCollection",
            "label": self.title,
            "creator": {"type": "Software", "name": software},
            "total": items.len(),
        });
        if !items.is_empty() {
            collection["first"] = json!({
                "id": format!("{name}:findings:1"),
                "type": "AnnotationPage",
                "startIndex": 0,
                "items": items,
            });
        }
        let json = serde_json::to_string_pretty(&collection).unwrap_or_default();
        let mut json = escaped_controls(&json);
        json.push('\n');
        json
    }

    fn item(&self, entry: &Entry, said: &str, addresses: &[&str]) -> Value {
        let finding = &entry.finding;
        let subject = match entry.subject.as_str() {
            "" => String::new(),
            subject => format!("{subject}:"),
        };
        let words = [subject.as_str(), said, entry.since.as_str()];
        let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
        let none = HashMap::new();
        let places = finding.evidence.iter().map(for_others);
        let mut targets: Vec<Value> = places.map(|place| target(&place, &none)).collect();
        if targets.is_empty() {
            // An annotation has a target at least: the pages that could not be read.
            targets.extend(addresses.iter().map(|address| json!(address)));
        }
        let mut item = json!({
            "id": id(finding),
            "type": "Annotation",
            "motivation": "assessing",
            "body": [
                {"type": "TextualBody", "value": words.join(" "), "format": "text/plain", "language": "en", "purpose": "assessing"},
                {"type": "TextualBody", "value": entry.label, "format": "text/plain", "purpose": "tagging"},
            ],
            "target": targets,
        });
        if let Some(created) = self.as_of {
            item["created"] = json!(warc_date(created));
        }
        item
    }

    /// The addresses that a claim cites; that of the article, or the profile, if it cites none.
    fn cited(&self, claim: &ClaimSection) -> Vec<&str> {
        let references = self.references.iter();
        let cited = references.filter(|it| claim.cites.contains(&it.number));
        let mut cited: Vec<&str> = cited.flat_map(addresses_of).collect();
        if cited.is_empty() {
            cited.push(self.article.as_deref().unwrap_or("urn:stillsays:article"));
        }
        cited
    }
}

fn addresses_of(reference: &ReferenceSection) -> Vec<&str> {
    let address = reference.address.as_deref();
    vec![address.unwrap_or("urn:stillsays:reference")]
}
