//! One payload as one zstd frame, optionally against another payload.

use std::cell::RefCell;

use zstd::zstd_safe::{
    CCtx, CParameter, DCtx, compress_bound, get_error_name, get_frame_content_size,
};

/// Up to this many bytes, prefix included, are compressed with a context that the thread keeps, so that it stays small.
const KEPT: usize = 512 << 10;
/// The beginning of a zstd dictionary: a prefix that happens to begin so must not be taken for one.
const DICTIONARY: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];

thread_local! {
    static PACKER: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

/// The zstd level for new payloads; higher ones cost time and gain little with a prefix.
const QUICK: i32 = 3;
/// The zstd level for payloads that stay: a tenth smaller without a prefix, at an eighth of the speed.
const THOROUGH: i32 = 7;

/// Compresses `plain` as one zstd frame, with `prefix` as the preceding text.
pub(in crate::store) fn compress(plain: &[u8], prefix: &[u8]) -> std::io::Result<Vec<u8>> {
    compress_at(QUICK, plain, prefix)
}

/// Like [`compress`], but smaller and slower.
pub(in crate::store) fn compress_thoroughly(
    plain: &[u8],
    prefix: &[u8],
) -> std::io::Result<Vec<u8>> {
    compress_at(THOROUGH, plain, prefix)
}

/// In one step: the buffers of a stream would cost more than compressing such small payloads.
fn compress_at(level: i32, plain: &[u8], prefix: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(compress_bound(plain.len()));
    if plain.len() + prefix.len() > KEPT || prefix.starts_with(&DICTIONARY) {
        compress_large(&mut bytes, plain, prefix, level)?;
    } else {
        PACKER.with_borrow_mut(|kept| {
            let context = match kept {
                Some(kept) => kept,
                None => kept.insert(CCtx::try_create().ok_or_else(no_memory)?),
            };
            context
                .compress_using_dict(&mut bytes, plain, prefix, level)
                .map_err(said)
        })?;
    }
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// With its own context, and a window as wide as both together.
fn compress_large(
    bytes: &mut Vec<u8>,
    plain: &[u8],
    prefix: &[u8],
    level: i32,
) -> std::io::Result<()> {
    let mut context = CCtx::try_create().ok_or_else(no_memory)?;
    let window = (plain.len() + prefix.len()).max(1).ilog2() + 1;
    for parameter in [
        CParameter::CompressionLevel(level),
        CParameter::WindowLog(window.clamp(10, 26)),
        CParameter::ChecksumFlag(false),
        CParameter::DictIdFlag(false),
    ] {
        context.set_parameter(parameter).map_err(said)?;
    }
    if !prefix.is_empty() {
        context.ref_prefix(prefix).map_err(said)?;
    }
    context.compress2(bytes, plain).map_err(said)?;
    Ok(())
}

/// Decompresses the result of [`compress`]; an error if it is not `length` bytes long.
pub(in crate::store) fn decompress(
    bytes: &[u8],
    prefix: &[u8],
    length: i64,
) -> std::io::Result<Vec<u8>> {
    let length = usize::try_from(length).unwrap_or_default();
    // A frame that declares another length gets no memory to unpack it.
    let stored = get_frame_content_size(bytes).ok().flatten();
    if stored.is_some_and(|stored| stored != length as u64) {
        return Err(std::io::Error::other(format!(
            "{} bytes instead of the stored {length}",
            stored.unwrap_or_default()
        )));
    }
    let mut plain = Vec::with_capacity(length);
    if prefix.starts_with(&DICTIONARY) {
        let mut context = DCtx::try_create().ok_or_else(no_memory)?;
        context.ref_prefix(prefix).map_err(said)?;
        context.decompress(&mut plain, bytes).map_err(said)?;
    } else {
        UNPACKER.with_borrow_mut(|kept| {
            let context = match kept {
                Some(kept) => kept,
                None => kept.insert(DCtx::try_create().ok_or_else(no_memory)?),
            };
            context
                .decompress_using_dict(&mut plain, bytes, prefix)
                .map_err(said)
        })?;
    }
    if plain.len() == length {
        Ok(plain)
    } else {
        Err(std::io::Error::other(format!(
            "{} bytes instead of the stored {length}",
            plain.len()
        )))
    }
}

fn said(code: usize) -> std::io::Error {
    std::io::Error::other(get_error_name(code))
}

fn no_memory() -> std::io::Error {
    std::io::Error::from(std::io::ErrorKind::OutOfMemory)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_prefix_makes_the_next_version_small() {
        let mut page = String::new();
        for number in 0..2000u32 {
            let word = number.wrapping_mul(2_654_435_761);
            writeln!(page, "<li>{word:x}</li>").unwrap();
        }
        let next = page.replacen("<li>0</li>", "<li>new</li>", 1);
        let alone = compress(next.as_bytes(), &[]).unwrap();
        let against = compress(next.as_bytes(), page.as_bytes()).unwrap();
        assert!(
            against.len() * 50 < alone.len(),
            "{} {}",
            against.len(),
            alone.len()
        );
        let length = i64::try_from(next.len()).unwrap();
        let back = decompress(&against, page.as_bytes(), length).unwrap();
        assert_eq!(back, next.as_bytes());
        decompress(&against, page.as_bytes(), length - 1).unwrap_err();
    }

    #[test]
    fn a_payload_that_begins_like_a_dictionary_is_a_prefix_like_any_other() {
        let mut before = DICTIONARY.to_vec();
        before.extend((0..20_000_u32).flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes()));
        let mut page = before.clone();
        page.extend(b"and more");
        for (plain, prefix) in [(&page, &before), (&before, &page)] {
            let bytes = compress(plain, prefix).unwrap();
            assert!(bytes.len() * 50 < plain.len(), "{}", bytes.len());
            let length = i64::try_from(plain.len()).unwrap();
            assert_eq!(decompress(&bytes, prefix, length).unwrap(), *plain);
        }
    }

    #[test]
    fn a_prefix_is_of_use_however_long_both_are() {
        let long: Vec<u8> = (0..1_u32 << 17)
            .flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let mut next = b"new ".to_vec();
        next.extend(&long);
        let bytes = compress_thoroughly(&next, &long).unwrap();
        assert!(bytes.len() * 50 < next.len(), "{}", bytes.len());
        let length = i64::try_from(next.len()).unwrap();
        assert_eq!(decompress(&bytes, &long, length).unwrap(), next);
    }
}
