//! Content codings (RFC 9110, 8.4.1): decodes a stored payload to the bytes that a reader sees, within limits.
//!
//! Captures keep a payload as sent; this module decodes it for reading. On the web, labels are often wrong and streams often
//! odd, so everything that can be decoded is returned, with [`Remark`]s on what was odd; an error means that nothing can be
//! decoded, or that decoding would be dangerous.

use std::{
    borrow::Cow,
    fmt,
    io::{self, BufRead, Read},
};

use crate::capture::{Response, Truncation, fields_of};

/// Limits on decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// The most bytes of any stage; default 64 MiB.
    pub bytes: u64,
    /// The most bytes out per byte in, over all stages; default 250. The first [`Caps::FREE`] bytes do not count.
    pub ratio: u64,
}

impl Caps {
    /// How many bytes are allowed at any ratio: small pages of one repeated line are not bombs.
    pub const FREE: u64 = 2 << 20;
    /// The most nested codings.
    pub const CODINGS: usize = 4;
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            ratio: 250,
        }
    }
}

/// A supported content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// `gzip`, `x-gzip` (RFC 1952), of any number of members.
    Gzip,
    /// `deflate`: zlib (RFC 1950), or bare deflate (RFC 1951) as some servers send.
    Deflate,
    /// `br` (RFC 7932).
    Brotli,
    /// `zstd` (RFC 8878), windows up to 8 MiB (RFC 9659).
    Zstd,
}

impl Coding {
    fn parse(label: &str) -> Option<Self> {
        Some(match label {
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            _ => return None,
        })
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        })
    }
}

/// What was odd about a payload that was decoded anyway.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Remark {
    /// Bytes after the end of the coded stream; they are ignored.
    #[error("{bytes} bytes after the end of the {coding} stream were ignored")]
    TrailingGarbage {
        /// The coding whose stream had ended.
        coding: Coding,
        /// The number of bytes.
        bytes: usize,
    },
    /// The bytes do not have the coding in the label; they are returned as they are.
    #[error("labelled {label}, but is not; read as it is")]
    NotAsLabelled {
        /// The label.
        label: String,
    },
    /// The stream is incomplete or damaged; the part before that is returned.
    #[error("the {coding} stream ends early, after {bytes} bytes: {detail}")]
    BrokenOff {
        /// The coding whose stream it was.
        coding: Coding,
        /// How many bytes were decoded.
        bytes: usize,
        /// Whether the bytes of the stream are wrong, rather than too few.
        damaged: bool,
        /// The message of the decoder.
        detail: String,
    },
}

/// Why a payload cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodingError {
    /// The decoded payload exceeds the limit.
    #[error("the {coding} stream is longer than {cap} bytes when decoded")]
    TooLong {
        /// The coding whose stream it was.
        coding: Coding,
        /// The limit, in bytes.
        cap: u64,
    },
    /// The ratio of decoded to coded bytes exceeds the limit.
    #[error("the {coding} stream decodes to more than {cap} bytes per byte")]
    TooDense {
        /// The coding whose stream it was.
        coding: Coding,
        /// The limit, in bytes out per byte in.
        cap: u64,
    },
    /// Too many nested codings.
    #[error("{0} nested content codings")]
    TooManyCodings(usize),
    /// An unknown coding, on bytes that are not text.
    #[error("the content coding `{0}` is not known")]
    Unknown(String),
    /// The stream has the coding, but nothing could be decoded.
    #[error("the {coding} stream cannot be read: {detail}")]
    Unreadable {
        /// The coding whose stream it was.
        coding: Coding,
        /// Whether the bytes of the stream are wrong, rather than too few.
        damaged: bool,
        /// The message of the decoder.
        detail: String,
    },
}

/// A decoded payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes that a reader sees.
    pub bytes: Vec<u8>,
    /// Remarks, outermost coding first.
    pub remarks: Vec<Remark>,
}

impl Decoded {
    /// Whether something of the content may be missing: a stream is damaged, or ended before the page did. Some servers leave out only
    /// the checksum behind a whole page.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.remarks.iter().any(|remark| match remark {
            Remark::BrokenOff { damaged, .. } => *damaged || !ends_a_page(&self.bytes),
            _ => false,
        })
    }
}

/// Why the content of a body that was received whole is incomplete: its coding broke off.
#[must_use]
pub fn cut(head: &[u8], payload: &[u8], caps: &Caps) -> Option<Truncation> {
    let is_cut = match decode(payload, Some(&labels_of(head)?), caps) {
        Ok(decoded) => decoded.is_cut(),
        Err(CodingError::Unreadable { damaged, .. }) => !damaged,
        Err(_) => false,
    };
    is_cut.then_some(Truncation::Unspecified)
}

/// Decodes `payload` by `content_encoding` (a field value, or several joined with commas).
///
/// # Errors
/// A bomb, an unknown coding, or a stream from which nothing can be decoded.
pub fn decode(
    payload: &[u8],
    content_encoding: Option<&str>,
    caps: &Caps,
) -> Result<Decoded, CodingError> {
    let labels: Vec<String> = content_encoding
        .unwrap_or_default()
        .split(',')
        .map(|part| part.trim().trim_matches('"').to_ascii_lowercase())
        .filter(|it| !matches!(it.as_str(), "" | "identity" | "none"))
        .collect();
    if labels.len() > Caps::CODINGS {
        return Err(CodingError::TooManyCodings(labels.len()));
    }
    let mut decoded = Decoded {
        bytes: payload.to_vec(),
        remarks: Vec::new(),
    };
    // Codings are listed in the order in which they were applied (RFC 9110, 8.4).
    for label in labels.iter().rev() {
        if decoded.bytes.is_empty() {
            break;
        }
        let Some(coding) = Coding::parse(label) else {
            if !looks_like_text(&decoded.bytes) {
                return Err(CodingError::Unknown(label.clone()));
            }
            decoded.remarks.push(Remark::NotAsLabelled {
                label: label.clone(),
            });
            continue;
        };
        let stage = Stage::of(coding, payload.len(), caps);
        stage.undo(&mut decoded, label)?;
    }
    Ok(decoded)
}

/// Decodes the payload of a response by all its `Content-Encoding` fields.
///
/// # Errors
/// As [`decode`].
pub fn decode_response(response: &Response, caps: &Caps) -> Result<Decoded, CodingError> {
    decode(
        &response.payload,
        labels_of(&response.head).as_deref(),
        caps,
    )
}

/// All `Content-Encoding` fields of a response head as one value; `None` if there is none.
#[must_use]
pub fn labels_of(head: &[u8]) -> Option<String> {
    let labels: Vec<Cow<'_, str>> = fields_of(head)
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"))
        .map(|(_, value)| value)
        .collect();
    (!labels.is_empty()).then(|| labels.join(", "))
}

/// The decoding of one coding.
struct Stage {
    coding: Coding,
    caps: Caps,
    /// The most bytes by the ratio.
    dense: u64,
}

/// Why decoding stopped.
enum Stop {
    Bomb(CodingError),
    Broken(io::Error),
}

impl Stage {
    fn of(coding: Coding, payload: usize, caps: &Caps) -> Self {
        let payload = u64::try_from(payload).unwrap_or(u64::MAX);
        Self {
            coding,
            caps: *caps,
            dense: payload.saturating_mul(caps.ratio).max(Caps::FREE),
        }
    }

    fn undo(&self, decoded: &mut Decoded, label: &str) -> Result<(), CodingError> {
        let input = std::mem::take(&mut decoded.bytes);
        let mut output = Vec::new();
        let mut rest = input.as_slice();
        let end = if self.opens(rest) {
            self.streams(&mut rest, &mut output)
        } else {
            Err(Stop::Broken(io::Error::other("it does not begin like one")))
        };
        match end {
            Err(Stop::Bomb(error)) => return Err(error),
            Err(Stop::Broken(_)) if self.is_mislabelled(&input) => {
                decoded.remarks.push(Remark::NotAsLabelled {
                    label: label.to_owned(),
                });
                output = input;
            }
            Err(Stop::Broken(error)) if output.is_empty() => {
                return Err(CodingError::Unreadable {
                    coding: self.coding,
                    damaged: is_damage(&error),
                    detail: error.to_string(),
                });
            }
            Err(Stop::Broken(error)) => decoded.remarks.push(Remark::BrokenOff {
                coding: self.coding,
                bytes: output.len(),
                damaged: is_damage(&error),
                detail: error.to_string(),
            }),
            Ok(()) if !rest.is_empty() => decoded.remarks.push(Remark::TrailingGarbage {
                coding: self.coding,
                bytes: rest.len(),
            }),
            Ok(()) => {}
        }
        decoded.bytes = output;
        Ok(())
    }

    /// Whether a stream of this coding begins here; always true for codings without a signature.
    fn opens(&self, input: &[u8]) -> bool {
        match self.coding {
            Coding::Gzip => input.starts_with(&[0x1f, 0x8b]),
            Coding::Zstd => {
                input.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
                    || matches!(input, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
            }
            Coding::Deflate | Coding::Brotli => true,
        }
    }

    fn is_mislabelled(&self, input: &[u8]) -> bool {
        !self.opens(input) || looks_like_text(input)
    }

    /// Decodes stream after stream; the remaining bytes in `rest` belong to none.
    fn streams(&self, rest: &mut &[u8], output: &mut Vec<u8>) -> Result<(), Stop> {
        loop {
            let before = output.len();
            match self.coding {
                Coding::Gzip => self.pump(&mut flate2::bufread::GzDecoder::new(&mut *rest), output),
                Coding::Zstd => match zstd_frame(rest) {
                    Ok(mut frame) => self.pump(&mut frame, output),
                    Err(error) => Err(Stop::Broken(error)),
                },
                Coding::Brotli => self.pump(&mut brotli(rest), output),
                Coding::Deflate if is_zlib(rest) => {
                    self.pump(&mut flate2::bufread::ZlibDecoder::new(&mut *rest), output)
                }
                Coding::Deflate => self.pump(
                    &mut flate2::bufread::DeflateDecoder::new(&mut *rest),
                    output,
                ),
            }?;
            let several = matches!(self.coding, Coding::Gzip | Coding::Zstd);
            let empty_streams_only = output.len() == before && rest.len() < 8;
            if !several || !self.opens(rest) || empty_streams_only {
                return Ok(());
            }
        }
    }

    fn pump(&self, stream: &mut dyn Read, output: &mut Vec<u8>) -> Result<(), Stop> {
        let mut piece = vec![0; 16 << 10];
        loop {
            let count = match stream.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Stop::Broken(error)),
            };
            output.extend_from_slice(piece.get(..count).unwrap_or_default());
            let length = u64::try_from(output.len()).unwrap_or(u64::MAX);
            if length > self.caps.bytes {
                return Err(Stop::Bomb(CodingError::TooLong {
                    coding: self.coding,
                    cap: self.caps.bytes,
                }));
            }
            if length > self.dense {
                return Err(Stop::Bomb(CodingError::TooDense {
                    coding: self.coding,
                    cap: self.caps.ratio,
                }));
            }
        }
    }
}

fn is_damage(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::UnexpectedEof
}

/// Whether the end tag of a page is among the last bytes.
fn ends_a_page(bytes: &[u8]) -> bool {
    const LAST: usize = 1024;
    const END: &[u8] = b"</html";
    let last = bytes.get(bytes.len().saturating_sub(LAST)..);
    let mut ends = last.unwrap_or_default().windows(END.len());
    ends.any(|window| window.eq_ignore_ascii_case(END))
}

fn zstd_frame<'a, 'b>(
    rest: &'a mut &'b [u8],
) -> io::Result<zstd::stream::read::Decoder<'static, &'a mut &'b [u8]>> {
    const WINDOW_LOG: u32 = 23; // RFC 9659: 8 MiB
    let mut frame = zstd::stream::read::Decoder::with_buffer(rest)?.single_frame();
    frame.window_log_max(WINDOW_LOG)?;
    Ok(frame)
}

/// Brotli has no end mark that would distinguish garbage: the whole rest belongs to the stream.
fn brotli<'a>(rest: &mut &'a [u8]) -> impl Read + use<'a> {
    let whole = *rest;
    rest.consume(whole.len());
    brotli_decompressor::Decompressor::new(whole, 4096)
}

/// Whether the bytes begin with a zlib header (RFC 1950, 2.2).
fn is_zlib(input: &[u8]) -> bool {
    matches!(input, [method, flags, ..]
        if method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31))
}

/// Whether the first 1,024 bytes are text: a page sent without the coding in its label.
fn looks_like_text(input: &[u8]) -> bool {
    let start = input.get(..input.len().min(1024)).unwrap_or_default();
    let controls = |byte: &u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let whole = match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(), // cut inside a character
    };
    !start.iter().any(controls) && (whole || start.starts_with(b"<"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const PAGE: &[u8] = b"<!doctype html><title>List</title><ul><li>One<li>Two</ul>";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 3).unwrap()
    }

    /// One uncompressed metablock and the empty last one (RFC 7932, 9.2).
    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len() - 1).unwrap();
        // WBITS=16 (0), ISLAST=0, MNIBBLES=4 (00), MLEN-1 in 16 bits, ISUNCOMPRESSED=1
        let bits = length << 4 | 1 << 20;
        let mut out = bits.to_le_bytes()[..3].to_vec();
        out.extend_from_slice(bytes);
        out.push(3);
        out
    }

    fn read(payload: &[u8], label: &str) -> Result<Decoded, CodingError> {
        decode(payload, Some(label), &Caps::default())
    }

    fn remarks(payload: &[u8], label: &str) -> Vec<Remark> {
        let decoded = read(payload, label).unwrap();
        assert!(decoded.bytes.starts_with(PAGE), "{label}: {decoded:?}");
        decoded.remarks
    }

    #[test]
    fn each_coding_is_undone_without_a_remark() {
        let raw = zlib(PAGE)[2..].to_vec();
        for (payload, label) in [
            (PAGE.to_vec(), ""),
            (PAGE.to_vec(), "identity"),
            (gzip(PAGE), "gzip"),
            (gzip(PAGE), "X-GZIP"),
            (zlib(PAGE), "deflate"),
            (brotli(PAGE), "br"),
            (zstd(PAGE), "zstd"),
            (zstd(&gzip(PAGE)), "gzip, zstd"),
            (gzip(&gzip(&brotli(PAGE))), "br,gzip ,gzip"),
            ([gzip(&PAGE[..10]), gzip(&PAGE[10..])].concat(), "gzip"),
            ([zstd(&PAGE[..10]), zstd(&PAGE[10..])].concat(), "zstd"),
        ] {
            assert_eq!(remarks(&payload, label), [], "{label}");
        }
        // The checksum that ends zlib is garbage to bare deflate.
        assert_eq!(read(&raw, "deflate").unwrap().bytes, PAGE);
        assert_eq!(decode(PAGE, None, &Caps::default()).unwrap().bytes, PAGE);
    }

    #[test]
    fn garbage_after_a_stream_is_left_out_and_reported() {
        for (payload, label, coding) in [
            (gzip(PAGE), "gzip", Coding::Gzip),
            (zstd(PAGE), "zstd", Coding::Zstd),
            (zlib(PAGE), "deflate", Coding::Deflate),
        ] {
            let payload = [payload, b"\0\0<!-- -->".to_vec()].concat();
            assert_eq!(
                remarks(&payload, label),
                [Remark::TrailingGarbage { coding, bytes: 10 }]
            );
        }
    }

    #[test]
    fn a_wrong_label_is_reported_and_the_bytes_are_returned_unchanged() {
        for label in ["gzip", "deflate", "br", "zstd", "utf-8", "compress"] {
            let expected = Remark::NotAsLabelled {
                label: label.into(),
            };
            assert_eq!(remarks(PAGE, label), [expected], "{label}");
        }
        let picture = [0x89, b'P', b'N', b'G', 0, 1, 2, 3];
        assert_eq!(read(&picture, "gzip").unwrap().bytes, picture);
        assert_eq!(
            read(&picture, "compress"),
            Err(CodingError::Unknown("compress".into()))
        );
    }

    #[test]
    fn a_truncated_stream_returns_what_it_contains() {
        let long: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        for (whole, label) in [(gzip(&long), "gzip"), (zlib(&long), "deflate")] {
            let decoded = read(&whole[..whole.len() / 2], label).unwrap();
            assert!(!decoded.bytes.is_empty() && long.starts_with(&decoded.bytes));
            assert!(matches!(
                decoded.remarks[..],
                [Remark::BrokenOff { damaged: false, .. }]
            ));
            assert!(decoded.is_cut());
        }
        let nothing = read(&gzip(PAGE)[..6], "gzip").unwrap_err();
        assert!(matches!(nothing, CodingError::Unreadable { .. }));
    }

    fn is_cut(payload: &[u8], label: &str) -> bool {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {label}\r\n\r\n");
        cut(head.as_bytes(), payload, &Caps::default()).is_some()
    }

    #[test]
    fn a_body_is_cut_where_its_stream_ends_before_the_page_or_is_damaged() {
        let page: Vec<u8> = (0..9_000)
            .flat_map(|it| format!("<li>{it}").into_bytes())
            .collect();
        let ended = [&page[..], b"</ul></body></html>\n"].concat();
        let without_trailer = |mut stream: Vec<u8>, bytes| {
            stream.truncate(stream.len() - bytes);
            stream
        };
        let damaged = |mut stream: Vec<u8>, from_end| {
            let at = stream.len() - from_end;
            stream[at] ^= 0x55;
            stream
        };
        for (label, of) in [
            ("gzip", gzip as fn(&[u8]) -> Vec<u8>),
            ("deflate", zlib),
            ("zstd", zstd),
            ("br", |bytes| brotli(&bytes[..40_000])),
        ] {
            let half = of(&ended).len() / 2;
            assert!(!is_cut(&of(&ended), label), "{label}");
            assert!(is_cut(&without_trailer(of(&ended), half), label), "{label}");
            assert!(!is_cut(PAGE, label), "{label}: not coded at all");
            assert!(!is_cut(b"", label), "{label}");
        }
        for (label, of, trailer) in [
            ("gzip", gzip as fn(&[u8]) -> Vec<u8>, 8),
            ("deflate", zlib, 4),
        ] {
            assert!(
                !is_cut(&without_trailer(of(&ended), trailer), label),
                "{label}"
            );
            assert!(
                is_cut(&without_trailer(of(&page), trailer), label),
                "{label}"
            );
            assert!(is_cut(&damaged(of(&ended), trailer), label), "{label}");
        }
        assert!(is_cut(&gzip(&ended)[..6], "gzip"));
        let zeros = gzip(&vec![0; 30 << 20]);
        assert!(!is_cut(&zeros, "gzip"), "a bomb is not cut");
    }

    #[test]
    fn bombs_are_refused_by_ratio_by_size_and_by_nesting() {
        let zeros = vec![0; 30 << 20];
        for (bomb, label) in [(gzip(&zeros), "gzip"), (zstd(&zeros), "zstd")] {
            let error = read(&bomb, label).unwrap_err();
            assert!(matches!(error, CodingError::TooDense { .. }), "{error}");
        }
        // 30 MiB of zeros, 27 bytes long.
        let brotli = [
            0xcf, 0xff, 0xff, 0x7f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x3f,
            0xff, 0xff, 0xbf, 0xf1, 0x4f, 0x00, 0xc4, 0x61, 0x01, 0x80, 0xee, 0xfd, 0x37,
        ];
        let error = read(&brotli, "br").unwrap_err();
        assert!(matches!(error, CodingError::TooDense { .. }), "{error}");
        let all = Caps {
            ratio: u64::MAX,
            ..Caps::default()
        };
        assert_eq!(decode(&brotli, Some("br"), &all).unwrap().bytes, zeros);
        for (bomb, label) in [
            (gzip(&brotli), "br, gzip"),
            (zstd(&gzip(&zeros)), "gzip, zstd"),
        ] {
            let error = read(&bomb, label).unwrap_err();
            assert!(matches!(error, CodingError::TooDense { .. }), "{error}");
        }
        let nested = read(&gzip(&gzip(&zeros)), "gzip, gzip").unwrap_err();
        assert!(matches!(nested, CodingError::TooDense { .. }));
        let caps = Caps {
            bytes: 1 << 20,
            ratio: u64::MAX,
        };
        let error = decode(&gzip(&zeros), Some("gzip"), &caps).unwrap_err();
        assert!(matches!(error, CodingError::TooLong { .. }));
        let label = ["gzip"; 5].join(",");
        assert_eq!(read(PAGE, &label), Err(CodingError::TooManyCodings(5)));
    }

    #[test]
    fn an_empty_payload_is_empty_under_every_label() {
        for label in ["gzip", "br", "zstd", "deflate", "nonsense"] {
            assert_eq!(read(b"", label), Ok(Decoded::default()));
        }
    }
}
