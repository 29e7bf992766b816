//! Links as in headers and TimeMaps: `<uri>; rel="…"; datetime="…"` (RFC 8288, RFC 6690, RFC 7089).

use std::fmt::{self, Write};

/// One link: its target and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The target.
    pub target: String,
    /// The parameters in order: names in lower case, values without quotes.
    pub parameters: Vec<(String, String)>,
}

/// Why a text is not a list of links.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a list of links: at byte {at}, {expected} is missing")]
pub struct LinkError {
    /// Where, in bytes from the beginning.
    pub at: usize,
    /// What is expected there.
    pub expected: &'static str,
}

impl Link {
    /// A link with a relation: `original`, `timegate`, `first memento`.
    #[must_use]
    pub fn new(target: impl Into<String>, rel: &str) -> Self {
        Self {
            target: target.into(),
            parameters: vec![("rel".into(), rel.into())],
        }
    }

    /// The link with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// The value of a parameter; the first of several with the same name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|parameter| parameter.0 == name);
        found.map(|found| found.1.as_str())
    }

    /// Whether it has that relation, perhaps among others.
    #[must_use]
    pub fn is(&self, rel: &str) -> bool {
        let rels = self.parameter("rel").unwrap_or_default();
        rels.split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case(rel))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('<')?;
        for letter in self.target.chars() {
            match letter {
                '<' => out.write_str("%3C")?,
                '>' => out.write_str("%3E")?,
                ' ' => out.write_str("%20")?,
                letter if letter.is_control() => write!(out, "%{:02X}", u32::from(letter))?,
                letter => out.write_char(letter)?,
            }
        }
        out.write_char('>')?;
        for (name, value) in &self.parameters {
            write!(out, "; {name}=\"")?;
            for letter in value.chars() {
                match letter {
                    '"' | '\\' => write!(out, "\\{letter}")?,
                    letter if letter.is_control() => out.write_char(' ')?,
                    letter => out.write_char(letter)?,
                }
            }
            out.write_char('"')?;
        }
        Ok(())
    }
}

/// Parses a list of links, from a `Link` field or a document in link format.
///
/// # Errors
/// A text that is not a list of links, with the place.
pub fn parse_links(text: &str) -> Result<Vec<Link>, LinkError> {
    let mut reader = Reader { text, at: 0 };
    let mut links = Vec::new();
    loop {
        reader.skip(|byte| byte.is_ascii_whitespace() || byte == b',');
        if reader.at == text.len() {
            return Ok(links);
        }
        links.push(reader.link()?);
        if reader.at < text.len() {
            reader.need(b',', "a comma")?;
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, pass: impl Fn(u8) -> bool) {
        while self.byte().is_some_and(&pass) {
            self.at += 1;
        }
    }

    fn take(&mut self, pass: impl Fn(u8) -> bool) -> String {
        let from = self.at;
        self.skip(pass);
        self.text.get(from..self.at).unwrap_or_default().to_owned()
    }

    fn need(&mut self, byte: u8, expected: &'static str) -> Result<(), LinkError> {
        if self.byte() != Some(byte) {
            return Err(LinkError {
                at: self.at,
                expected,
            });
        }
        self.at += 1;
        Ok(())
    }

    fn link(&mut self) -> Result<Link, LinkError> {
        self.need(b'<', "`<`")?;
        let target = self.take(|byte| byte != b'>');
        self.need(b'>', "`>`")?;
        let mut parameters = Vec::new();
        loop {
            self.skip(|byte| byte.is_ascii_whitespace());
            if self.byte() != Some(b';') {
                return Ok(Link { target, parameters });
            }
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b';');
            let name = self.take(|byte| !byte.is_ascii_whitespace() && !b"=;,\"".contains(&byte));
            self.skip(|byte| byte.is_ascii_whitespace());
            let mut value = String::new();
            if self.byte() == Some(b'=') {
                self.at += 1;
                self.skip(|byte| byte.is_ascii_whitespace());
                value = if self.byte() == Some(b'"') {
                    self.quoted()?
                } else {
                    self.take(|byte| !byte.is_ascii_whitespace() && !b";,".contains(&byte))
                };
            }
            if !name.is_empty() {
                parameters.push((name.to_ascii_lowercase(), value));
            }
        }
    }

    fn quoted(&mut self) -> Result<String, LinkError> {
        self.need(b'"', "a quote")?;
        let mut value = String::new();
        let mut characters = self.text.get(self.at..).unwrap_or_default().char_indices();
        while let Some((at, letter)) = characters.next() {
            match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(value);
                }
                '\\' => value.extend(characters.next().map(|character| character.1)),
                letter => value.push(letter),
            }
        }
        Err(LinkError {
            at: self.text.len(),
            expected: "the quote that ends a value",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commas_and_semicolons_in_dates_and_addresses_end_nothing() {
        let text = r#"<http://a/?x=1,2;3>; rel="first memento"; datetime="Sun, 06 Nov 1994 08:49:37 GMT" ,
            <http://b/>;rel=original;;title="say \"so\", \\ then", ,"#;
        let links = parse_links(text).unwrap();
        assert_eq!(links.len(), 2);
        assert_eq!(links[0].target, "http://a/?x=1,2;3");
        assert!(links[0].is("memento") && links[0].is("first") && !links[0].is("last"));
        assert_eq!(
            links[0].parameter("datetime"),
            Some("Sun, 06 Nov 1994 08:49:37 GMT")
        );
        assert_eq!(links[1].parameter("title"), Some(r#"say "so", \ then"#));
    }

    #[test]
    fn an_invalid_list_of_links_is_reported_with_its_place() {
        for (text, at, expected) in [
            ("http://a/", 0, "`<`"),
            ("<http://a/", 10, "`>`"),
            ("<a>; rel=\"x", 11, "the quote that ends a value"),
            ("<a> <b>", 4, "a comma"),
        ] {
            assert_eq!(parse_links(text), Err(LinkError { at, expected }), "{text}");
        }
    }

    proptest! {
        #[test]
        fn links_read_back_as_they_were_written(
            all in prop::collection::vec(("[!-;=?-~é]{0,30}", "[ -~é]{0,20}", "[ -~]{0,20}"), 0..5)
        ) {
            let links: Vec<Link> = all
                .iter()
                .map(|(target, rel, title)| Link::new(target.as_str(), rel).with("title", title.as_str()))
                .collect();
            let text: Vec<String> = links.iter().map(ToString::to_string).collect();
            prop_assert_eq!(parse_links(&text.join(", ")), Ok(links));
        }

        #[test]
        fn any_text_is_links_or_an_error(text in "[<>;,=\"\\\\ a\n\u{e9}]{0,40}") {
            drop(parse_links(&text));
        }
    }
}
