//! A response as received: head, framing and payload separated, without losing a byte (RFC 9112).
//!
//! The parser gets bytes and knows nothing about sockets. It accepts what browsers accept (bare line feeds, folded lines,
//! non-ASCII bytes, wrong framing labels), because an archive records what servers really send.

use crate::capture::{Framing, Piece, Truncation, fields_of, is_part, status_of};

/// Limits on a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of all heads together.
    pub(super) head: usize,
    /// Header fields.
    pub(super) fields: usize,
    /// Bytes of the body, framing included.
    pub(super) body: u64,
}

/// The most pieces of a chunked body.
const MOST_PIECES: usize = 1 << 18;
/// The longest line that announces a chunk, extensions included.
const LONGEST_CHUNK_LINE: usize = 16 << 10;

/// A response in progress.
#[derive(Debug)]
pub(super) struct Incoming {
    limits: Limits,
    interim: Vec<u8>,
    head: Vec<u8>,
    /// The start of the first incomplete line; everything before it is parsed.
    line: usize,
    body: Body,
    payload: Vec<u8>,
    pieces: Option<Vec<Piece>>,
    /// Framing that is not yet followed by payload.
    framing: Vec<u8>,
    size: u64,
    /// Bytes after the end.
    surplus: bool,
    truncated: Option<Truncation>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Body {
    /// In the head.
    Unknown,
    Length(u64),
    UntilClose,
    Chunked(Chunk),
    Done,
}

/// The place of the next byte in the chunked coding (RFC 9112, 7.1).
#[derive(Clone, Copy, Debug, PartialEq)]
enum Chunk {
    /// In the line with the size, which begins at this place of `framing`.
    Size(usize),
    Payload(u64),
    LineBreak,
    /// In the trailer section, in a line that begins at this place of `framing`.
    Trailer(usize),
}

/// The finished response.
#[derive(Debug)]
pub(super) struct Received {
    /// The interim responses (1xx), as received.
    pub(super) interim: Vec<u8>,
    /// The head, as received.
    pub(super) head: Vec<u8>,
    /// The payload, without transfer coding, with its content coding.
    pub(super) payload: Vec<u8>,
    /// The framing of the body.
    pub(super) framing: Framing,
    /// Why the body is incomplete, if it is.
    pub(super) truncated: Option<Truncation>,
    /// Whether another exchange can follow on the same connection.
    pub(super) reusable: bool,
}

impl Incoming {
    /// A response that has not begun.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            interim: Vec::new(),
            head: Vec::new(),
            line: 0,
            body: Body::Unknown,
            payload: Vec::new(),
            pieces: None,
            framing: Vec::new(),
            size: 0,
            surplus: false,
            truncated: None,
        }
    }

    /// Whether the head is complete.
    pub(super) fn has_head(&self) -> bool {
        self.body != Body::Unknown
    }

    /// Whether the response is complete.
    pub(super) fn is_done(&self) -> bool {
        self.body == Body::Done
    }

    /// The bytes of a response that has no complete head yet.
    pub(super) fn into_fragment(self) -> Vec<u8> {
        [self.interim, self.head].concat()
    }

    /// Parses more bytes.
    ///
    /// # Errors
    /// Why this is not an HTTP response, or that the head is too large.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            bytes = match self.body {
                Body::Unknown => self.feed_head(bytes)?,
                Body::Length(left) => {
                    let rest = self.take(bytes, left);
                    if self.body != Body::Done {
                        let taken = (bytes.len() - rest.len()) as u64;
                        self.body = if taken == left {
                            Body::Done
                        } else {
                            Body::Length(left - taken)
                        };
                    }
                    rest
                }
                Body::UntilClose => self.take(bytes, u64::MAX),
                Body::Chunked(state) => self.feed_chunked(bytes, state),
                Body::Done => {
                    self.surplus = true;
                    return Ok(());
                }
            };
        }
        Ok(())
    }

    fn feed_head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], String> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (now, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        self.head.extend_from_slice(now);
        let start = self.head.get(..self.head.len().min(5)).unwrap_or_default();
        if !b"HTTP/".starts_with(start) {
            self.head.extend_from_slice(rest);
            return Err("the answer does not begin like an HTTP response".to_owned());
        }
        if self.head.len() + self.interim.len() > self.limits.head {
            return Err(format!(
                "the head is longer than {} bytes",
                self.limits.head
            ));
        }
        if end.is_some() {
            let line = self.head.get(self.line..).unwrap_or_default();
            let is_empty = matches!(line, b"\r\n" | b"\n");
            self.line = self.head.len();
            if is_empty {
                self.end_of_head()?;
            }
        }
        Ok(rest)
    }

    fn end_of_head(&mut self) -> Result<(), String> {
        let status = status_of(&self.head).ok_or("the first line is not a status line")?;
        if status == 101 {
            return Err("the server switches protocols without a request".to_owned());
        }
        if (100..200).contains(&status) {
            self.interim.append(&mut self.head);
            self.line = 0;
            return Ok(());
        }
        let fields = fields_of(&self.head).count();
        if fields > self.limits.fields {
            return Err(format!("the head has {fields} header fields"));
        }
        self.body = self.framed(status);
        if self.body == Body::Chunked(Chunk::Size(0)) {
            self.pieces = Some(Vec::new());
        }
        Ok(())
    }

    /// How the body is framed (RFC 9112, 6.3).
    fn framed(&self, status: u16) -> Body {
        if matches!(status, 204 | 304) {
            return Body::Done;
        }
        let mut codings = Vec::new();
        let mut lengths = Vec::new();
        for (name, value) in fields_of(&self.head) {
            let into = match name.to_ascii_lowercase().as_str() {
                "transfer-encoding" => &mut codings,
                "content-length" => &mut lengths,
                _ => continue,
            };
            into.extend(
                value
                    .split(',')
                    .map(|part| part.trim().to_ascii_lowercase()),
            );
        }
        codings.retain(|coding| !matches!(coding.as_str(), "" | "identity"));
        if let Some(last) = codings.last() {
            return if last == "chunked" {
                Body::Chunked(Chunk::Size(0))
            } else {
                Body::UntilClose
            };
        }
        // Contradictory or invalid lengths are ignored.
        let is_number =
            |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match lengths.first() {
            Some(first) if is_number(first) && lengths.iter().all(|length| length == first) => {
                match first.parse() {
                    Ok(0) => Body::Done,
                    Ok(length) => Body::Length(length),
                    Err(_) => Body::UntilClose,
                }
            }
            _ => Body::UntilClose,
        }
    }

    /// Takes at most `most` bytes of payload and returns the rest; ends the body if it grows too long.
    fn take<'a>(&mut self, bytes: &'a [u8], most: u64) -> &'a [u8] {
        let room = self.limits.body - self.size.min(self.limits.body);
        let count = most.min(room).min(bytes.len() as u64);
        let (now, rest) = bytes.split_at(usize::try_from(count).unwrap_or(usize::MAX));
        self.payload.extend_from_slice(now);
        self.size += count;
        if let Some(piece) = self.pieces.as_mut().and_then(|piece| piece.last_mut()) {
            piece.payload += count;
        }
        if count == room && count < most && !rest.is_empty() {
            self.truncated = Some(Truncation::Length);
            self.body = Body::Done;
        }
        rest
    }

    fn feed_chunked<'a>(&mut self, bytes: &'a [u8], state: Chunk) -> &'a [u8] {
        if self.size >= self.limits.body {
            self.truncated = Some(Truncation::Length);
            self.body = Body::Done;
            return bytes;
        }
        match state {
            Chunk::Payload(left) => {
                let rest = self.take(bytes, left);
                if self.body != Body::Done {
                    let left = left - (bytes.len() - rest.len()) as u64;
                    self.body = Body::Chunked(match left {
                        0 => Chunk::LineBreak,
                        left => Chunk::Payload(left),
                    });
                }
                rest
            }
            Chunk::LineBreak => {
                let Some((byte, rest)) = bytes.split_first() else {
                    return bytes;
                };
                match byte {
                    b'\r' => self.frame(&[*byte]),
                    b'\n' => {
                        self.frame(&[*byte]);
                        self.body = Body::Chunked(Chunk::Size(self.framing.len()));
                    }
                    _ => return self.broken(bytes),
                }
                rest
            }
            Chunk::Size(start) | Chunk::Trailer(start) => {
                let end = bytes.iter().position(|byte| *byte == b'\n');
                let (now, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
                self.frame(now);
                let line = self.framing.get(start..).unwrap_or_default().trim_ascii();
                let in_size = matches!(state, Chunk::Size(_));
                if in_size && (!begins_chunk(line) || line.len() > LONGEST_CHUNK_LINE) {
                    return self.broken(rest);
                }
                if self.size > self.limits.body {
                    self.truncated = Some(Truncation::Length);
                    self.body = Body::Done;
                }
                if end.is_none() || self.body == Body::Done {
                    return rest;
                }
                let next = self.framing.len();
                match (in_size, chunk_size(line)) {
                    (false, _) if line.is_empty() => {
                        self.end_piece();
                        self.body = Body::Done;
                    }
                    (false, _) | (true, Some(0)) => self.body = Body::Chunked(Chunk::Trailer(next)),
                    (true, Some(size)) => {
                        self.end_piece();
                        self.body = Body::Chunked(Chunk::Payload(size));
                    }
                    (true, None) => return self.broken(rest),
                }
                rest
            }
        }
    }

    fn frame(&mut self, bytes: &[u8]) {
        self.framing.extend_from_slice(bytes);
        self.size += bytes.len() as u64;
    }

    /// Starts the piece that follows the framing so far.
    fn end_piece(&mut self) {
        let framing = std::mem::take(&mut self.framing);
        if let Some(pieces) = self.pieces.as_mut() {
            pieces.push(Piece {
                framing,
                payload: 0,
            });
            if pieces.len() > MOST_PIECES {
                self.truncated = Some(Truncation::Unspecified);
                self.body = Body::Done;
            }
        }
    }

    /// A body that is labelled chunked but is not, or no longer.
    fn broken<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        if self.pieces.as_ref().is_some_and(Vec::is_empty) {
            // It never was: the label is wrong, and the body is everything until the end.
            self.pieces = None;
            self.payload = std::mem::take(&mut self.framing);
            self.body = Body::UntilClose;
            return rest;
        }
        self.frame(rest);
        self.end_piece();
        self.truncated = Some(Truncation::Unspecified);
        self.body = Body::Done;
        &[]
    }

    /// The response after the server closed the connection orderly.
    pub(super) fn close(self) -> Received {
        let cut = match self.body {
            // This ends a body without any other end; after the last chunk, only the end of the trailers is missing.
            Body::UntilClose | Body::Chunked(Chunk::Trailer(_)) => None,
            _ => Some(Truncation::Disconnect),
        };
        let mut received = self.finish(cut);
        received.reusable = false;
        received
    }

    /// The response at its end: complete, or truncated because of `cut`.
    pub(super) fn finish(mut self, cut: Option<Truncation>) -> Received {
        if !self.framing.is_empty() {
            self.end_piece();
        }
        let truncated = self.truncated.or(cut.filter(|_| self.body != Body::Done));
        let reusable = truncated.is_none() && !self.surplus && keeps_alive(&self.head);
        // The request was not for a part: an answer marked as one is not the whole page.
        let truncated = truncated.or(is_part(&self.head).then_some(Truncation::Unspecified));
        Received {
            interim: self.interim,
            head: self.head,
            payload: self.payload,
            framing: self.pieces.map_or(Framing::Identity, Framing::Chunked),
            truncated,
            reusable,
        }
    }
}

/// Whether the server keeps the connection open (RFC 9112, 9.3).
fn keeps_alive(head: &[u8]) -> bool {
    let options: Vec<String> = fields_of(head)
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .flat_map(|(_, value)| {
            let value = value.to_ascii_lowercase();
            let parts: Vec<String> = value
                .split(',')
                .map(|part| part.trim().to_owned())
                .collect();
            parts
        })
        .collect();
    let says = |option: &str| options.iter().any(|it| it == option);
    !says("close") && (head.starts_with(b"HTTP/1.1") || says("keep-alive"))
}

/// Whether a line is, or can become, a line with the size of a chunk.
fn begins_chunk(line: &[u8]) -> bool {
    let (digits, rest) = split_digits(line);
    let behind = rest.trim_ascii_start().first();
    line.is_empty() || !digits.is_empty() && behind.is_none_or(|behind| *behind == b';')
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let (digits, _) = split_digits(line);
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn split_digits(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|it| !it.is_ascii_hexdigit());
    line.split_at(end.unwrap_or(line.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::capture::Response;

    const LIMITS: Limits = Limits {
        head: 4096,
        fields: 20,
        body: 1000,
    };

    fn read(wire: &[u8], step: usize) -> Received {
        let mut incoming = Incoming::new(LIMITS);
        for bytes in wire.chunks(step) {
            incoming.feed(bytes).unwrap();
        }
        if incoming.is_done() {
            incoming.finish(None)
        } else {
            incoming.close()
        }
    }

    fn block(received: &Received) -> Vec<u8> {
        Response {
            head: received.head.clone(),
            payload: received.payload.clone(),
            framing: received.framing.clone(),
            truncated: None,
        }
        .block()
    }

    #[test]
    fn the_wire_comes_back_however_it_was_cut_into_reads() {
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n006\r\n world\r\n0\r\nX: y\r\n\r\n";
        let length = b"HTTP/1.1 200 OK\nContent-Length: 11\n\nhello world";
        for wire in [&chunked[..], &length[..]] {
            for step in 1..wire.len() {
                let received = read(wire, step);
                assert_eq!(received.payload, b"hello world");
                assert_eq!(received.truncated, None);
                assert!(received.reusable);
                assert_eq!(block(&received), wire);
            }
        }
    }

    #[test]
    fn a_body_labelled_chunked_that_never_was_is_taken_as_it_is() {
        let wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>plain</html>";
        let received = read(wire, 3);
        assert_eq!(received.payload, b"<html>plain</html>");
        assert_eq!(received.framing, Framing::Identity);
    }

    #[test]
    fn chunks_that_break_off_leave_what_was_odd_in_the_framing() {
        let wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXYZ";
        let received = read(wire, wire.len());
        assert_eq!(received.payload, b"abc");
        assert_eq!(received.truncated, Some(Truncation::Unspecified));
        assert_eq!(block(&received), wire);
    }

    #[test]
    fn a_body_is_cut_at_its_cap_and_one_of_just_that_length_is_not() {
        for (length, truncated) in [(1000, None), (1001, Some(Truncation::Length))] {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            let wire = [head.into_bytes(), vec![b'x'; length]].concat();
            let received = read(&wire, 100);
            assert_eq!(received.payload.len(), 1000);
            assert_eq!(received.truncated, truncated);
        }
    }

    #[test]
    fn invalid_and_too_large_heads_are_refused() {
        let fields = "X: y\r\n".repeat(21);
        for wire in [
            "<html>".to_owned(),
            "HTTP/1.1\r\n\r\n".to_owned(),
            "HTTP/1.1 abc\r\n\r\n".to_owned(),
            "HTTP/1.1 101 Switching\r\n\r\n".to_owned(),
            format!("HTTP/1.1 200 OK\r\n{fields}\r\n"),
            format!("HTTP/1.1 200 OK\r\nX: {}\r\n", "x".repeat(5000)),
        ] {
            assert!(
                Incoming::new(LIMITS).feed(wire.as_bytes()).is_err(),
                "{wire}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_chunking_of_any_payload_gives_the_wire_back(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 0..12),
            step in 1..40_usize,
        ) {
            let mut wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for chunk in &chunks {
                wire.extend(format!("{:x}\r\n", chunk.len()).bytes());
                wire.extend(chunk);
                wire.extend(b"\r\n");
            }
            wire.extend(b"0\r\n\r\n");
            let received = read(&wire, step);
            prop_assert_eq!(&received.payload, &chunks.concat());
            prop_assert_eq!(received.truncated, None);
            prop_assert_eq!(block(&received), wire);
        }

        #[test]
        fn no_bytes_make_it_fall_over(tail in proptest::collection::vec(any::<u8>(), 0..300), step in 1..50_usize) {
            for start in [&b""[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
                let mut incoming = Incoming::new(LIMITS);
                let wire = [start, &tail].concat();
                let _ = wire.chunks(step).try_for_each(|chunk| incoming.feed(chunk));
                let _ = incoming.finish(Some(Truncation::Disconnect));
            }
        }
    }
}
