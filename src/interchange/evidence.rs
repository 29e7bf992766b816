//! Evidence: one finding and the captures it rests on, in a package that others can check without this program.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use super::{ExportError, Packed, SOFTWARE, Selection, Written, write_package};
use crate::{
    capture::Removed,
    clock::{Instant, warc_date},
    digest::PayloadDigest,
    finding::{Evidence, Finding},
    report::annotation,
    store::{CaptureId, Proved, Store, StoreError},
    wacz::Page,
};

/// What a package of evidence is about.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// The archive.
    pub store: &'a Store,
    /// The finding.
    pub finding: &'a Finding,
    /// What it says, in words.
    pub said: &'a str,
    /// When the package is made.
    pub created: Instant,
}

impl Packet<'_> {
    /// Writes the package to `path`; returns what was written, and whether it has proofs. `None` if the finding does not rest on any
    /// capture: then there is nothing to pack.
    ///
    /// # Errors
    /// The archive cannot be read, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<Option<(Written, bool)>, ExportError> {
        let (store, finding, said) = (self.store, self.finding, self.said);
        let captures = captures_of(store, finding)?;
        if captures.is_empty() {
            return Ok(None);
        }
        let removed = removed(store, finding)?;
        let proofs = proofs(store, finding, &captures)?;
        let proved = !proofs.is_empty();
        let mut files: Vec<(String, Vec<u8>)> = vec![
            (
                "evidence/README.md".into(),
                readme(finding, said, &removed, proved).into(),
            ),
            (
                "evidence/annotation.json".into(),
                format!(
                    "{:#}\n",
                    annotation(finding, said, self.created, SOFTWARE, &removed)
                )
                .into(),
            ),
        ];
        files.extend(proofs);
        let packed = Packed {
            title: format!("Evidence for finding {}", finding.id),
            description: said.to_owned(),
            files,
            ..Packed::default()
        };
        let written = write_package(path, self.created, &packed, |packing| {
            Selection::these::<ExportError>(store, &captures, |it| packing.add(it))?;
            let mut pages = pages(finding, &removed).into_iter();
            pages.try_for_each(|page| packing.page(&page))
        })?;
        Ok(Some((written, proved)))
    }
}

/// The stored captures that the finding's evidence names.
fn captures_of(store: &Store, finding: &Finding) -> Result<BTreeSet<CaptureId>, ExportError> {
    let mut captures = BTreeSet::new();
    for Evidence { capture, .. } in &finding.evidence {
        let held = store.captures_of(&capture.target_uri)?;
        let is_meant = held.iter().filter(|(_, it)| {
            it.date == capture.date && it.payload_digest == capture.payload_digest
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
) -> Result<Vec<(String, Vec<u8>)>, ExportError> {
    let about_finding = store
        .prove_finding(&finding.profile, &finding.id.0)
        .map(|it| ("evidence/finding.tlog-proof".to_owned(), it));
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
        .map(|(name, it)| (name, it.proof.to_string().into_bytes()));
    Ok(std::iter::once(key).chain(proofs).collect())
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
