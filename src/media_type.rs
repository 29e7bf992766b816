//! Media types and character sets: what kind of bytes a payload is, and how to read them as text.

use encoding_rs::Encoding;

/// A media type as a `Content-Type` field gives it (RFC 9110, 8.3), parameters other than charset left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype`, lower case; empty where there was none.
    pub essence: String,
    /// The `charset` parameter as it was spelt, quotes taken off.
    pub charset: Option<String>,
}

impl MediaType {
    /// Reads a field value; what cannot be read is left empty.
    #[must_use]
    pub fn parse(field: &str) -> Self {
        let mut parts = field.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|it| {
            let (name, value) = it.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| value.trim().trim_matches(['"', '\'']).to_owned())
                .filter(|it| !it.is_empty())
        });
        Self { essence, charset }
    }

    /// Whether it is HTML or XHTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        matches!(self.essence.as_str(), "text/html" | "application/xhtml+xml")
    }
}

/// What told the character set of a payload, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharsetSource {
    /// A byte-order mark.
    ByteOrderMark,
    /// The `Content-Type` field.
    HttpHeader,
    /// A `meta` element in the first 1,024 bytes (HTML standard, 13.2.3.2).
    Meta,
    /// The bytes themselves, judged by their statistics.
    Guess,
}

/// Bytes read as text.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The text; what was no character is U+FFFD.
    pub text: String,
    /// The character set's name, as the Encoding standard spells it.
    pub charset: &'static str,
    /// What told it.
    pub source: CharsetSource,
    /// Whether any byte was no character.
    pub had_errors: bool,
}

/// Reads `bytes` as text: by BOM, then `declared` (HTTP), then `meta`, then by statistics.
#[must_use]
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    let (encoding, source) = charset_of(bytes, declared);
    let (text, encoding, had_errors) = encoding.decode(bytes);
    Decoded {
        text: text.into_owned(),
        charset: encoding.name(),
        source,
        had_errors,
    }
}

fn charset_of(bytes: &[u8], declared: Option<&str>) -> (&'static Encoding, CharsetSource) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, CharsetSource::ByteOrderMark);
    }
    if let Some(encoding) = declared.and_then(|it| Encoding::for_label(it.as_bytes())) {
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

/// The character set that a `meta` element declares (HTML standard, "prescan a byte stream", simplified to its attributes).
fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(1024))?;
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some(at) = rest.find("<meta") {
        rest = rest.get(at + 5..)?;
        let tag = rest.get(..rest.find('>').unwrap_or(rest.len()))?;
        if let Some(at) = tag.find("charset") {
            let value = tag.get(at + 7..)?.trim_start();
            if let Some(value) = value.strip_prefix('=') {
                let label: String = value
                    .trim_start()
                    .trim_start_matches(['"', '\''])
                    .chars()
                    .take_while(|it| !it.is_whitespace() && !matches!(it, '"' | '\'' | ';' | '/'))
                    .collect();
                if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
                    // A page whose meta element could be read as ASCII is not UTF-16, whatever it says.
                    let utf16 = [encoding_rs::UTF_16BE, encoding_rs::UTF_16LE].contains(&encoding);
                    return Some(if utf16 { encoding_rs::UTF_8 } else { encoding });
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_parameter_loses_its_quotes() {
        let it = MediaType::parse("Text/HTML; a=b; Charset=\"UTF-8\"");
        assert_eq!(it.essence, "text/html");
        assert_eq!(it.charset.as_deref(), Some("UTF-8"));
    }

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
