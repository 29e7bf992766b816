//! The parts of a response block: head, payload, and the framing between the bytes of the payload.

use crate::capture::{Framing, Piece, asked_otherwise, fields_of, status_of};

/// Splits a block into the head with its empty line, and the rest. Without an empty line, everything is head.
pub(super) fn split(block: &[u8]) -> (&[u8], &[u8]) {
    let mut line = 0;
    for (at, byte) in block.iter().enumerate() {
        if *byte == b'\n' {
            if matches!(block.get(line..at), Some(b"" | b"\r")) && line > 0 {
                return block.split_at(at + 1);
            }
            line = at + 1;
        }
    }
    (block, &[])
}

/// Whether the last transfer coding is chunked (RFC 9112, 6.1).
pub(super) fn is_chunked(head: &[u8]) -> bool {
    fields_of(head)
        .filter(|(name, _)| name.eq_ignore_ascii_case("Transfer-Encoding"))
        .last()
        .is_some_and(|(_, value)| {
            value
                .rsplit(',')
                .next()
                .is_some_and(|part| part.trim().eq_ignore_ascii_case("chunked"))
        })
}

/// The length of the body in a head, if there is one (RFC 9112, 6.3); several different ones count as none.
pub(super) fn length(head: &[u8]) -> Option<u64> {
    let mut lengths = fields_of(head)
        .filter(|(name, _)| name.eq_ignore_ascii_case("Content-Length"))
        .flat_map(|(_, value)| {
            let each: Vec<Option<u64>> = value
                .split(',')
                .map(|part| part.trim().parse().ok())
                .collect();
            each
        });
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then_some(first)
}

/// The head with every `Transfer-Encoding` field renamed, for a body without chunk framing.
pub(super) fn without_transfer_coding(head: &[u8]) -> Vec<u8> {
    let mut renamed = Vec::with_capacity(head.len() + 16);
    for line in head.split_inclusive(|head| *head == b'\n') {
        let name = line
            .split(|letter| *letter == b':')
            .next()
            .unwrap_or_default();
        if name.trim_ascii().eq_ignore_ascii_case(b"Transfer-Encoding") {
            renamed.extend_from_slice(b"X-Archive-Orig-");
        }
        renamed.extend_from_slice(line);
    }
    renamed
}

/// A chunked body as payload and framing, and whether it has its last chunk; `None` if its first line is not a chunk size,
/// because the coding was already removed.
///
/// Everything after the last readable chunk is kept as framing, so that nothing is lost of a truncated or damaged body.
pub(super) fn unchunk(body: &[u8]) -> Option<(Vec<u8>, Framing, bool)> {
    let mut payload = Vec::with_capacity(body.len());
    let mut pieces = Vec::new();
    let mut rest = body;
    let mut first = true;
    let mut whole = false;
    loop {
        let Some((framing, size)) = chunk_size(rest, first) else {
            if first && !body.is_empty() {
                return None;
            }
            break;
        };
        first = false;
        let (line, behind) = rest.split_at(framing);
        if size == 0 {
            whole = true;
            break;
        }
        let found = usize::try_from(size)
            .unwrap_or(usize::MAX)
            .min(behind.len());
        let (chunk, behind) = behind.split_at(found);
        payload.extend_from_slice(chunk);
        pieces.push(Piece {
            framing: line.to_vec(),
            payload: found as u64,
        });
        rest = behind;
        if (found as u64) < size {
            break;
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece {
            framing: rest.to_vec(),
            payload: 0,
        });
    }
    Some((payload, Framing::Chunked(pieces), whole))
}

/// The length of the framing before the bytes of a chunk (line end of the chunk before, size, extensions, line end), and the size of the chunk.
fn chunk_size(bytes: &[u8], first: bool) -> Option<(usize, u64)> {
    let skipped = match bytes {
        _ if first => 0,
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => return None,
    };
    let line = bytes.get(skipped..)?;
    let end = line.iter().take(4096).position(|it| *it == b'\n')?;
    let size = line.get(..end)?;
    let size = size.split(|letter| *letter == b';').next()?.trim_ascii();
    let size = u64::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
    Some((skipped + end + 1, size))
}

/// Whether a body has the length in its head; `None` if the head has no length, or it does not apply.
pub(super) fn is_as_long_as_said(head: &[u8], request: &[u8], received: usize) -> Option<bool> {
    let has_no_body = matches!(status_of(head), Some(100..=199 | 204 | 304))
        || asked_otherwise(request).as_deref() == Some("HEAD");
    let said = length(head).filter(|_| !has_no_body)?;
    Some(received as u64 >= said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(body: &[u8]) -> (Vec<u8>, Vec<u64>) {
        let (payload, framing, whole) = unchunk(body).unwrap();
        assert_eq!(whole, body.windows(5).any(|pair| pair == b"\r\n0\r\n"));
        let response = crate::capture::Response {
            head: Vec::new(),
            payload: payload.clone(),
            framing: framing.clone(),
            truncated: None,
        };
        assert_eq!(response.block(), body);
        let Framing::Chunked(pieces) = framing else {
            return (payload, Vec::new());
        };
        (payload, pieces.iter().map(|piece| piece.payload).collect())
    }

    #[test]
    fn a_head_ends_at_its_first_empty_line_however_lines_end() {
        assert_eq!(split(b"A\r\nB\r\n\r\nC\r\n\r\n").1, b"C\r\n\r\n");
        assert_eq!(split(b"A\nB\n\nC").1, b"C");
        assert_eq!(split(b"A\r\nB\r\n").1, b"");
        assert_eq!(split(b"").0, b"");
    }

    #[test]
    fn chunks_come_apart_and_together_again() {
        let body = b"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n";
        assert_eq!(back(body), (b"hello world".to_vec(), vec![5, 6, 0]));
        assert_eq!(back(b"5\r\nhel"), (b"hel".to_vec(), vec![3]));
        assert_eq!(back(b"5\r\nhello\r\nzz\r\nmore").0, b"hello");
        assert_eq!(back(b"").0, b"");
        assert_eq!(unchunk(b"<html>\n"), None);
    }
}
