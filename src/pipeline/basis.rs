//! What the findings of a profile rest on, as a digest: as long as it is the same, the findings are current.

use crate::{
    compare::{self, Alert},
    digest::ContentDigest,
    extract, language,
    profile::Profile,
    store::Store,
    uri::TargetUri,
};

use super::{AnalyseError, brought::lasting};

/// The seed of a reference.
pub(super) fn seed_of(reference: &crate::profile::Reference) -> Option<TargetUri> {
    let (seed, _) = TargetUri::parse(reference.url.as_deref()?).ok()?;
    Some(seed)
}

/// The digest of what the findings of a profile rest on: its questions, the versions that answer them, and what the visits of its pages brought.
///
/// # Errors
/// The archive cannot be read.
pub(super) fn basis(
    store: &Store,
    profile: &Profile,
    alert: &Alert,
) -> Result<ContentDigest, AnalyseError> {
    use std::fmt::Write as _;
    let seeds: Vec<TargetUri> = profile.references.iter().filter_map(seed_of).collect();
    let latest = store.latest_spans(&seeds)?;
    let copies = store.copied_spans(&seeds)?;
    // Serializing a profile cannot fail.
    let mut text = serde_json::to_string(profile).unwrap_or_default();
    let _ = write!(
        text,
        "\n{} {} {alert:?}{}",
        compare::VERSION,
        extract::VERSION,
        language::added_words()
    );
    for mut spans in latest {
        spans.reverse();
        let lasting = lasting(alert, &spans).pop();
        let chain = spans.last().map(|span| span.chain);
        let _ = write!(text, "\n{chain:?} {lasting:?}");
    }
    for (place, copies) in copies.iter().enumerate() {
        if let Some(last) = copies.last() {
            let _ = write!(text, "\ncopies {place} {}", last.chain);
        }
    }
    Ok(ContentDigest::of(text.as_bytes()))
}
