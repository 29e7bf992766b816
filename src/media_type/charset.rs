//! Character sets: detection and decoding.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// The source of the character set of a payload, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharsetSource {
    /// A byte-order mark.
    ByteOrderMark,
    /// The `Content-Type` field.
    HttpHeader,
    /// A `meta` element near the start (HTML standard, 13.2.3.2).
    Meta,
    /// The bytes themselves, judged by their statistics.
    Guess,
}

/// Decoded text.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The text; invalid bytes are U+FFFD.
    pub text: Cow<'a, str>,
    /// The name of the character set, as in the Encoding standard.
    pub charset: &'static str,
    /// The source of the character set.
    pub source: CharsetSource,
    /// Whether any byte was invalid.
    pub had_errors: bool,
}

/// Decodes `bytes`: by BOM, then `declared` (HTTP), then `meta`, then by statistics.
#[must_use]
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let (encoding, source) = charset_of(bytes, declared);
    let (text, encoding, had_errors) = encoding.decode(bytes);
    Decoded {
        text,
        charset: encoding.name(),
        source,
        had_errors,
    }
}

fn charset_of(bytes: &[u8], declared: Option<&str>) -> (&'static Encoding, CharsetSource) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, CharsetSource::ByteOrderMark);
    }
    if let Some(encoding) = declared.and_then(|declared| Encoding::for_label(declared.as_bytes())) {
        return (encoding, CharsetSource::HttpHeader);
    }
    if let Some(encoding) = meta_charset(bytes) {
        return (encoding, CharsetSource::Meta);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    (
        detector.guess(None, chardetng::Utf8Detection::Allow),
        CharsetSource::Guess,
    )
}

/// How many bytes are searched for a `meta` element: one after the 1,024 bytes of the standard makes a parser start again.
const PRESCAN: usize = 64 * 1024;

/// The character set that a `meta` element near the start declares (HTML standard, 13.2.3.2,
/// "prescan a byte stream to determine its encoding").
fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut scan = Prescan {
        bytes: bytes.get(..bytes.len().min(PRESCAN))?,
        at: 0,
    };
    while scan.at < scan.bytes.len() {
        if scan.looking_at(b"<!--") {
            // The dashes that open a comment can also close it.
            scan.at += 2;
            scan.behind(b"-->")?;
        } else if scan.looking_at(b"<meta")
            && scan
                .byte(5)
                .is_some_and(|byte| is_space(byte) || byte == b'/')
        {
            scan.at += 6;
            if let Some(encoding) = scan.meta() {
                return Some(encoding);
            }
        } else if scan.byte(0) == Some(b'<')
            && (scan.byte(1).is_some_and(|byte| byte.is_ascii_alphabetic())
                || (scan.byte(1) == Some(b'/')
                    && scan.byte(2).is_some_and(|byte| byte.is_ascii_alphabetic())))
        {
            while scan
                .byte(0)
                .is_some_and(|byte| !is_space(byte) && byte != b'>')
            {
                scan.at += 1;
            }
            while scan.attribute().is_some() {}
            scan.at += 1;
        } else if scan.byte(0) == Some(b'<')
            && scan
                .byte(1)
                .is_some_and(|byte| matches!(byte, b'!' | b'/' | b'?'))
        {
            scan.behind(b">")?;
        } else {
            let rest = &scan.bytes[scan.at + 1..];
            scan.at += 1 + memchr::memchr(b'<', rest).unwrap_or(rest.len());
        }
    }
    None
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// The place of the prescan in the bytes.
struct Prescan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Prescan<'_> {
    /// The byte `ahead` of the place.
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn looking_at(&self, word: &[u8]) -> bool {
        self.bytes
            .get(self.at..self.at + word.len())
            .is_some_and(|byte| byte.eq_ignore_ascii_case(word))
    }

    /// Moves past the next occurrence of `word`.
    fn behind(&mut self, word: &[u8]) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let found = rest.windows(word.len()).position(|pair| pair == word)?;
        self.at += found + word.len();
        Some(())
    }

    /// Parses the attributes of a `meta` element, and returns what they declare.
    fn meta(&mut self) -> Option<&'static Encoding> {
        let mut seen: Vec<String> = Vec::new();
        let mut pragma = false;
        let mut needs_pragma = None;
        let mut charset = None;
        while let Some((name, value)) = self.attribute() {
            if seen.contains(&name) {
                continue;
            }
            match name.as_str() {
                "http-equiv" => pragma |= value == "content-type",
                "content" if charset.is_none() => {
                    if let Some(content_charset) = content_charset(&value) {
                        charset = Some(content_charset);
                        needs_pragma = Some(true);
                    }
                }
                "charset" => {
                    charset = Encoding::for_label(value.as_bytes());
                    needs_pragma = Some(false);
                }
                _ => {}
            }
            seen.push(name);
        }
        if needs_pragma? && !pragma {
            return None;
        }
        // Bytes that can be read as ASCII are not UTF-16, whatever they declare.
        charset.map(|charset| match charset {
            encoding if encoding == encoding_rs::UTF_16BE || encoding == encoding_rs::UTF_16LE => {
                encoding_rs::UTF_8
            }
            encoding if encoding == encoding_rs::X_USER_DEFINED => encoding_rs::WINDOWS_1252,
            encoding => encoding,
        })
    }

    /// The next attribute of a tag, both parts in lower case; `None` at the end of the tag (HTML standard, "get an attribute").
    fn attribute(&mut self) -> Option<(String, String)> {
        while self
            .byte(0)
            .is_some_and(|byte| is_space(byte) || byte == b'/')
        {
            self.at += 1;
        }
        let mut name = String::new();
        loop {
            match self.byte(0)? {
                b'>' if name.is_empty() => return None,
                b'=' if !name.is_empty() => {
                    self.at += 1;
                    break;
                }
                byte if is_space(byte) => {
                    while self.byte(0).is_some_and(is_space) {
                        self.at += 1;
                    }
                    if self.byte(0)? != b'=' {
                        return Some((name, String::new()));
                    }
                    self.at += 1;
                    break;
                }
                b'/' | b'>' => return Some((name, String::new())),
                byte => {
                    name.push(char::from(byte.to_ascii_lowercase()));
                    self.at += 1;
                }
            }
        }
        while self.byte(0).is_some_and(is_space) {
            self.at += 1;
        }
        let mut value = String::new();
        let quote = self.byte(0).filter(|byte| matches!(byte, b'"' | b'\''));
        if quote.is_some() {
            self.at += 1;
        }
        loop {
            let byte = self.byte(0)?;
            if quote.map_or(is_space(byte) || byte == b'>', |quote| byte == quote) {
                self.at += usize::from(quote.is_some());
                return Some((name, value));
            }
            value.push(char::from(byte.to_ascii_lowercase()));
            self.at += 1;
        }
    }
}

/// The character set in the `content` of a `meta` element (HTML standard, "extracting a character encoding from a meta element").
fn content_charset(content: &str) -> Option<&'static Encoding> {
    let mut rest = content;
    loop {
        let at = rest.find("charset")?;
        rest = rest
            .get(at + 7..)?
            .trim_start_matches(|letter: char| letter.is_ascii_whitespace());
        if let Some(value) = rest.strip_prefix('=') {
            let value = value.trim_start_matches(|letter: char| letter.is_ascii_whitespace());
            let label = match value.chars().next()? {
                quote @ ('"' | '\'') => value[1..].split_once(quote)?.0,
                _ => value.split([' ', '\t', '\n', '\x0c', '\r', ';']).next()?,
            };
            return Encoding::for_label(label.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_outranks_the_header_and_the_header_the_meta() {
        let marked = decode(b"\xef\xbb\xbfx", Some("windows-1252"));
        assert_eq!(marked.source, CharsetSource::ByteOrderMark);
        let page = b"<meta charset=windows-1251><p>\xcf";
        assert_eq!(
            decode(page, Some("windows-1252")).text.chars().last(),
            Some('Ï')
        );
        assert_eq!(decode(page, None).text.chars().last(), Some('П'));
    }
}
