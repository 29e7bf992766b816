//! A quick scan of HTML, without a tree: how much text there is, and the elements that send a browser elsewhere.
//!
//! It is for pages that replace others: small, often broken, and mostly scripts.

/// The result of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The visible text, with spaces as they are.
    pub text: String,
    /// The number of letters and digits in it.
    pub letters: usize,
    /// The number of form fields: text, choices, files.
    pub fields: usize,
    /// Headings.
    pub headings: usize,
    /// Items of lists, and rows of tables.
    pub items: usize,
    /// The elements, in order.
    pub tags: Vec<Tag>,
    /// The inline scripts.
    pub scripts: Vec<String>,
}

/// An element that can send a browser elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// Its name, in lower case.
    pub name: String,
    /// Its attributes, names in lower case, values with their entities resolved.
    pub attributes: Vec<(String, String)>,
    /// Whether it is only for browsers without scripts.
    pub in_noscript: bool,
}

impl Tag {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.0 == name)
            .map(|attribute| attribute.1.as_str())
    }
}

/// The elements that are kept.
const KEPT: &[&str] = &[
    "meta", "base", "link", "a", "body", "frame", "frameset", "form", "input",
];

/// Scans a page.
#[must_use]
pub fn scan(page: &str) -> Scan {
    let mut found = Scan::default();
    let mut rest = page;
    let mut in_noscript = false;
    while let Some(at) = rest.find('<') {
        let (text, behind) = rest.split_at(at);
        found.say(text, in_noscript);
        rest = behind;
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment
                .find("-->")
                .and_then(|it| comment.get(it + 3..))
                .unwrap_or("");
            continue;
        }
        let begins = rest.as_bytes().get(1).copied().unwrap_or(b' ');
        if !begins.is_ascii_alphabetic() && !matches!(begins, b'/' | b'!' | b'?') {
            found.say("<", in_noscript);
            rest = rest.get(1..).unwrap_or("");
            continue;
        }
        let (inside, behind) = tag_of(rest);
        rest = behind;
        let mut tag = parse(inside);
        tag.in_noscript = in_noscript;
        match tag.name.as_str() {
            "noscript" => in_noscript = true,
            "/noscript" => in_noscript = false,
            "script" | "style" | "title" | "template" | "svg" => {
                let (content, behind) = until_end(rest, &tag.name);
                rest = behind;
                if tag.name == "script" {
                    found.scripts.push(content.to_owned());
                }
            }
            _ => found.take(tag),
        }
    }
    found.say(rest, in_noscript);
    found
}

impl Scan {
    fn say(&mut self, text: &str, in_noscript: bool) {
        if !in_noscript {
            self.letters += text
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .count();
            self.text.push_str(text);
        }
    }

    fn take(&mut self, tag: Tag) {
        match tag.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.headings += 1,
            "li" | "tr" => self.items += 1,
            "textarea" | "select" => self.fields += 1,
            "input" => {
                let kind = tag.attribute("type").unwrap_or("text").to_ascii_lowercase();
                let is_field = !matches!(
                    kind.as_str(),
                    "hidden" | "submit" | "button" | "checkbox" | "image" | "reset"
                );
                self.fields += usize::from(is_field);
            }
            _ => {}
        }
        if KEPT.contains(&tag.name.as_str()) {
            self.tags.push(tag);
        }
        // A tag separates words.
        self.text.push(' ');
    }
}

/// The text between the brackets of the tag at the beginning of `text`, and the text after the tag.
fn tag_of(text: &str) -> (&str, &str) {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in text.char_indices().skip(1) {
        match quote {
            Some(open) if letter == open => quote = None,
            // A quote opens a value only after an equals sign.
            None if matches!(letter, '"' | '\'') && before == '=' => quote = Some(letter),
            None if letter == '>' => {
                return (
                    text.get(1..at).unwrap_or(""),
                    text.get(at + 1..).unwrap_or(""),
                );
            }
            _ => {}
        }
        if !letter.is_whitespace() {
            before = letter;
        }
    }
    (text.get(1..).unwrap_or(""), "")
}

/// The content of an element whose content is not markup, and the text after its end.
fn until_end<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|text| text.find("</")) {
        let at = from + at;
        let end = at + 2 + name.len();
        if bytes
            .get(at + 2..end)
            .is_some_and(|byte| byte.eq_ignore_ascii_case(name.as_bytes()))
        {
            let (content, behind) = text.split_at(at);
            let behind = behind.find('>').and_then(|it| behind.get(it + 1..));
            return (content, behind.unwrap_or(""));
        }
        from = at + 2;
    }
    (text, "")
}

fn parse(inside: &str) -> Tag {
    let end = inside
        .char_indices()
        .find(|(at, letter)| letter.is_whitespace() || *letter == '/' && *at > 0)
        .map_or(inside.len(), |letter| letter.0);
    let (name, mut rest) = inside.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        if rest.is_empty() {
            break;
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, it)| it.is_whitespace() || matches!(it, '=' | '/'))
            .map_or(rest.len(), |letter| letter.0);
        let (name, behind) = rest.split_at(end);
        let (value, behind) = match behind.trim_start().strip_prefix('=') {
            None => ("", behind),
            Some(behind) => {
                let behind = behind.trim_start();
                let quote = behind
                    .chars()
                    .next()
                    .filter(|letter| matches!(letter, '"' | '\''));
                let quoted = quote.and_then(|quote| behind.get(1..)?.split_once(quote));
                quoted.unwrap_or_else(|| {
                    let end = behind.find(char::is_whitespace).unwrap_or(behind.len());
                    behind.split_at(end)
                })
            }
        };
        attributes.push((name.to_ascii_lowercase(), unescaped(value)));
        rest = behind;
    }
    Tag {
        name: name.to_ascii_lowercase(),
        attributes,
        in_noscript: false,
    }
}

/// A value with the entities resolved that occur in addresses.
fn unescaped(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let mut text = value.to_owned();
    for (entity, is) in [
        ("&#x2f;", "/"),
        ("&#x2F;", "/"),
        ("&#47;", "/"),
        ("&#58;", ":"),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, is);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_reader_sees() {
        let page = "<title>T</title><style>p{}</style><p>One <b>two</b><script>if(1<2)x</script><!-- <p>no -->\
                    <noscript>three</noscript> 4 < 5</p>";
        let found = scan(page);
        assert_eq!(
            found.text.split_whitespace().collect::<Vec<_>>(),
            ["One", "two", "4", "<", "5"]
        );
        assert_eq!(found.scripts, ["if(1<2)x"]);
        assert_eq!(found.letters, 8);
    }

    #[test]
    fn tags_keep_their_attributes_however_they_are_written() {
        let page = "<META HTTP-EQUIV='refresh' content=\"0; url=/a?b=1&amp;c=>2\"><a href=/x target>y</a>\
                    <noscript><meta http-equiv=refresh content=1></noscript><input type=text><input type=hidden>";
        let found = scan(page);
        let meta = &found.tags[0];
        assert_eq!(meta.name, "meta");
        assert_eq!(meta.attribute("content"), Some("0; url=/a?b=1&c=>2"));
        assert_eq!(found.tags[1].attribute("href"), Some("/x"));
        assert!(found.tags[2].in_noscript && !meta.in_noscript);
        assert_eq!(found.fields, 1);
    }
}
