//! `stillsays evidence`: packs one finding and the captures it rests on, so that others can check it without this program.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    capture::Removed,
    clock::warc_date,
    digest::PayloadDigest,
    finding::{Decisions, Evidence, Finding},
    interchange::{ExportError, Packed, Selection, write_package},
    pipeline::{Named, SOFTWARE},
    store::{Access, CaptureId, Proved, Store, StoreError},
    text::{counted, for_terminal},
    wacz::Page,
};

use super::{
    Exit, Failure, Session,
    findings::{self, report_of},
    output::{is_stdout, write_by},
    profiles::ProfilesArgs,
    session::print,
};

/// Arguments of `evidence`.
#[derive(Args, Debug)]
pub(super) struct EvidenceArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The finding: its id, or the beginning of it
    #[arg(value_name = "FINDING")]
    finding: String,
    /// The package to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl EvidenceArgs {
    /// Writes the package, and prints what it contains.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let finding = findings::pick(session, &store, &profiles, &self.finding)?;
        let captures = captures_of(&store, &finding)?;
        if captures.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!(
                "finding {} does not rest on any capture",
                finding.id
            ))
            .hint("a finding about a page that was never visited has no evidence"));
        }
        let said = said(session, &store, &profiles, &finding)?;
        let removed = removed(&store, &finding)?;
        let proofs = proofs(&store, &finding, &captures)?;
        if proofs.is_empty() {
            session.remark("no checkpoint covers this finding yet, so the package contains no proofs; the next run writes a checkpoint");
        }
        let mut files: Vec<(String, Vec<u8>)> = vec![
            (
                "evidence/README.md".into(),
                readme(&finding, &said, &removed, !proofs.is_empty()).into(),
            ),
            (
                "evidence/annotation.json".into(),
                annotation(session, &finding, &said, &removed).into(),
            ),
        ];
        files.extend(proofs);
        let packed = Packed {
            title: format!("Evidence for finding {}", finding.id),
            description: said.clone(),
            files,
            ..Packed::default()
        };
        let now = session.clock.now();
        let written = write_by(&self.output, |file| {
            write_package(file, now, &packed, |packing| {
                Selection::these::<ExportError>(&store, &captures, |it| packing.add(it))?;
                pages(&finding, &removed)
                    .iter()
                    .try_for_each(|page| packing.page(page))
                    .map_err(Failure::from)
            })
        })?;
        if !is_stdout(&self.output) {
            print(&for_terminal(&self.output.display().to_string()))?;
        }
        session.remark(&format!(
            "{}, {} bytes",
            counted(written.captures, "capture", "captures"),
            written.bytes
        ));
        if written.removed > 0 {
            session.remark(&format!(
                "of {} more the bodies were removed by `prune`, so the words that the finding rests on can no longer be shown there; \
                 the package says what they were",
                written.removed
            ));
        }
        Ok(Exit::Done)
    }
}

/// The stored captures that the finding's evidence names.
fn captures_of(store: &Store, finding: &Finding) -> Result<BTreeSet<CaptureId>, Failure> {
    let mut captures = BTreeSet::new();
    for Evidence { capture, .. } in &finding.evidence {
        let stored = store.captures_of(&capture.target_uri)?;
        let is_meant = stored.iter().filter(|(_, stored)| {
            stored.date == capture.date && stored.payload_digest == capture.payload_digest
        });
        captures.extend(is_meant.map(|capture| capture.0));
    }
    Ok(captures)
}

/// The captures under the finding whose payload was removed, by payload digest.
fn removed(
    store: &Store,
    finding: &Finding,
) -> Result<HashMap<PayloadDigest, Removed>, StoreError> {
    let mut removed = HashMap::new();
    for digest in finding
        .evidence
        .iter()
        .filter_map(|it| it.capture.payload_digest)
    {
        if let Some(removal) = store.removal(&digest)? {
            removed.insert(digest, removal);
        }
    }
    Ok(removed)
}

/// The files that prove that the finding and its captures are in the ledger, and the key; empty if no checkpoint covers all of them.
fn proofs(
    store: &Store,
    finding: &Finding,
    captures: &BTreeSet<CaptureId>,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let about_finding = store
        .prove_finding(&finding.profile, &finding.id.0)
        .map(|proof| ("evidence/finding.tlog-proof".to_owned(), proof));
    let about_captures = captures.iter().map(|id| {
        let proved = store.prove_capture(*id)?;
        Ok((format!("evidence/capture-{}.tlog-proof", id.0), proved))
    });
    let proved: Result<Vec<(String, Proved)>, StoreError> = std::iter::once(about_finding)
        .chain(about_captures)
        .collect();
    let proved = match proved {
        Err(StoreError::NotHeld { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    let key = proved
        .first()
        .map_or(String::new(), |proved| format!("{}\n", proved.1.key));
    let key = ("evidence/ledger.pub".to_owned(), key.into_bytes());
    let proofs = proved
        .into_iter()
        .map(|(name, proved)| (name, proved.proof.to_string().into_bytes()));
    Ok(std::iter::once(key).chain(proofs).collect())
}

/// What the finding says, in the words of the report.
fn said(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    finding: &Finding,
) -> Result<String, Failure> {
    let Some(named) = profiles
        .iter()
        .find(|profile| profile.name == finding.profile)
    else {
        return Ok(finding.id.to_string());
    };
    let report = report_of(
        session,
        store,
        named,
        std::slice::from_ref(finding),
        &Decisions::default(),
        "stillsays",
    )?;
    let entry = report
        .entries()
        .find(|entry| entry.finding.id == finding.id);
    Ok(match entry {
        Some(entry) => {
            let said = [&entry.said, &entry.since].map(|it| it.trim());
            let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
            format!(
                "{}: {}. {}",
                entry.subject,
                entry.label.words(),
                said.join(" ")
            )
        }
        None => format!("{}: {}", named.profile.title, finding.id),
    })
}

fn pages(finding: &Finding, removed: &HashMap<PayloadDigest, Removed>) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for Evidence { capture, .. } in &finding.evidence {
        let digest = capture.payload_digest;
        if digest.is_some_and(|digest| removed.contains_key(&digest)) {
            continue;
        }
        let page = Page {
            url: capture.target_uri.clone(),
            date: capture.date,
            title: None,
        };
        if !pages.contains(&page) {
            pages.push(page);
        }
    }
    pages
}

/// The finding as a Web Annotation: its text, its places in the captures, and their dates (W3C Web Annotation Data Model, 3.2.4, 4.2, 4.3.1).
fn annotation(
    session: &Session,
    finding: &Finding,
    said: &str,
    removed: &HashMap<PayloadDigest, Removed>,
) -> String {
    let target = |evidence: &Evidence| {
        let selectors = [
            evidence.quote.as_ref().map(|quote| json!(quote)),
            evidence.position.as_ref().map(|position| json!(position)),
            evidence.element.as_ref().map(|element| json!(element)),
            evidence.fragment.as_ref().map(|fragment| json!(fragment)),
        ];
        let selectors: Vec<Value> = selectors.into_iter().flatten().collect();
        let mut target = json!({
            "type": "SpecificResource",
            "source": evidence.capture.target_uri,
            "state": {"type": "TimeState", "sourceDate": warc_date(evidence.capture.date)},
        });
        if !selectors.is_empty() {
            target["selector"] = Value::Array(selectors);
        }
        if let Some(digest) = evidence.capture.payload_digest {
            target["payload_digest"] = json!(digest);
            if let Some(removed) = removed.get(&digest) {
                target["payload_removed"] =
                    json!({"at": warc_date(removed.at), "why": removed.why});
            }
        }
        target
    };
    let annotation = json!({
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": format!("urn:stillsays:finding:{}", finding.id),
        "type": "Annotation",
        "motivation": "assessing",
        "created": warc_date(session.clock.now()),
        "creator": {"type": "Software", "name": SOFTWARE},
        "body": [
            {"type": "TextualBody", "value": said, "format": "text/plain", "purpose": "assessing"},
            {"type": "Dataset", "format": "application/json", "value": finding},
        ],
        "target": finding.evidence.iter().map(target).collect::<Vec<_>>(),
    });
    format!("{annotation:#}\n")
}

/// The file that explains how to check the package without this program.
fn readme(
    finding: &Finding,
    said: &str,
    removed: &HashMap<PayloadDigest, Removed>,
    proved: bool,
) -> String {
    let mut text = format!(
        "# Evidence for finding {}\n\n{said}\n\n\
         This package is a WACZ file (a ZIP file) made by {SOFTWARE}. It contains the captures that the finding rests on, as they were\n\
         received, and `annotation.json`: the finding, the words and the captures it is about (W3C Web Annotation).\n\n\
         ## Checking it without stillsays\n\n\
         1. `sha256sum` of each file must match `datapackage.json`; that of `datapackage.json` is in `datapackage-digest.json`.\n\
         2. `warcio check archive/*.warc.gz` reads every record and compares its digests; any replay program can show the pages.\n\
         3. For each target of the annotation, the record of that address and date has the payload digest given there, and the words\n   \
            of its TextQuoteSelector stand in the page's text:\n",
        finding.id
    );
    for evidence in &finding.evidence {
        let capture = &evidence.capture;
        text.push_str("\n- ");
        text.push_str(capture.target_uri.as_str());
        text.push_str(", ");
        text.push_str(&warc_date(capture.date));
        if let Some(digest) = capture.payload_digest {
            text.push_str(", ");
            text.push_str(&digest.to_string());
            if let Some(removed) = removed.get(&digest) {
                text.push_str("\n  **Removed** from the archive on ");
                text.push_str(&warc_date(removed.at));
                text.push_str(" (");
                text.push_str(&removed.why);
                text.push_str(
                    "): a metadata record describes it; its bytes are not in this package.",
                );
            }
        }
        if let Some(quote) = &evidence.quote {
            text.push_str("\n  > ");
            text.push_str(&crate::text::one_line(&format!(
                "{}{}{}",
                quote.prefix, quote.exact, quote.suffix
            )));
        }
        if let Some(note) = &evidence.note {
            text.push_str("\n  (");
            text.push_str(note);
            text.push(')');
        }
    }
    text.push_str("\n\n");
    text.push_str(if proved {
        "4. `finding.tlog-proof` and `capture-*.tlog-proof` are C2SP tlog-proofs: the finding and the captures are leaves of a Merkle tree\n   \
            (RFC 6962) whose size and root are signed by the key in `ledger.pub`. Their `extra` is JSON in base64; its `leaf` is the text\n   \
            that is hashed, with address, date and payload digest. Compare `ledger.pub` with the key that the sender of this\n   \
            package publishes, and the signed checkpoint with one that you or others have kept.\n\n\
         The digests show that the package is unaltered; the proofs show that the archive vouches for it. Neither shows that it was written on that\n\
         day, only a checkpoint shows that somebody else has had since.\n"
    } else {
        "The digests show that the package is unaltered. They do not show that it was written on that day.\n"
    });
    text
}
