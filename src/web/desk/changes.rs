//! Whether the text of a page changed from copy to copy.

use std::collections::HashMap;

use crate::{
    digest::PayloadDigest,
    store::{Dated, StoreError},
    web::Web,
};

/// How many different payloads are read to compare their texts; beyond that, only their bytes are compared.
const TEXTS: usize = 40;

/// For each copy, given the latest first, whether its text differs from that of the copy before it.
pub(super) fn changes(web: &Web, copies: &[&Dated]) -> Result<Vec<&'static str>, StoreError> {
    let mut texts: HashMap<PayloadDigest, Option<String>> = HashMap::new();
    let mut says = Vec::with_capacity(copies.len());
    for (at, copy) in copies.iter().enumerate() {
        let mut older = copies.iter().skip(at + 1);
        let before = older.find_map(|it| Some((*it, it.payload_digest?)));
        says.push(match (copy.payload_digest, before) {
            _ if copy.failure.is_some() => "no page",
            (None, _) => "no page",
            (Some(_), None) => "first",
            (Some(digest), Some((_, before))) if digest == before => "unchanged",
            (Some(digest), Some((other, before))) => {
                let one = text(web, (copy, digest), &mut texts)?;
                let other = text(web, (other, before), &mut texts)?;
                match (one, other) {
                    (Some(one), Some(other)) if one == other => "same text",
                    (Some(_), Some(_)) => "text changed",
                    _ => "changed",
                }
            }
        });
    }
    Ok(says)
}

/// The text of a copy; `None` if it is not stored, or too many were read.
fn text(
    web: &Web,
    (copy, digest): (&Dated, PayloadDigest),
    texts: &mut HashMap<PayloadDigest, Option<String>>,
) -> Result<Option<String>, StoreError> {
    if let Some(known) = texts.get(&digest) {
        return Ok(known.clone());
    }
    if texts.len() >= TEXTS || !copy.stored {
        return Ok(None);
    }
    let text = Some(web.text_of(copy)?);
    texts.insert(digest, text.clone());
    Ok(text)
}
