//! HTML cut into tokens (HTML standard, 13.2.5). html5ever's own tokenizer goes letter by letter through a queue of
//! buffers and keeps every attribute; here the page is one string, cut at its marks, and what nobody asks for is not kept.

use std::{borrow::Cow, cell::RefCell};

use html5ever::{
    Attribute, LocalName, QualName,
    buffer_queue::BufferQueue,
    ns,
    tendril::StrTendril,
    tokenizer::{
        Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};
use memchr::{memchr, memchr_iter, memchr2, memmem};

use super::{
    references::reference,
    sink::is_compared,
    spelt::{self, Keep, Names},
};

/// How many attributes of one tag are kept; each is compared with all before it.
const ATTRIBUTES: usize = 100;

/// Cuts `text` into tokens for `sink`. Attributes that `keep` does not want are left out, but for those of formatting
/// elements, which the tree builder compares.
pub(super) fn feed<Sink: TokenSink>(sink: Sink, text: &str, keep: Keep) -> Sink {
    let text = one_kind_of_line_end(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut cutter = Cutter {
        sink: &sink,
        whole: StrTendril::from(&*text),
        text: &text,
        at: 0,
        names: Names::new(keep),
        nulls: memchr(0, text.as_bytes()).is_some(),
    };
    cutter.all();
    let _ = sink.process_token(Token::EOFToken, 1);
    sink.end();
    sink
}

/// The same by html5ever's tokenizer.
pub(super) fn feed_slowly<Sink: TokenSink>(sink: Sink, text: &str) -> Sink {
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink
}

/// The text with every line ended by a line feed alone (Infra standard, "normalize newlines").
fn one_kind_of_line_end(text: &str) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split('\r');
    out.extend(lines.next());
    for it in lines {
        out.push('\n');
        out.push_str(it.strip_prefix('\n').unwrap_or(it));
    }
    Cow::Owned(out)
}

struct Cutter<'a, Sink> {
    sink: &'a Sink,
    whole: StrTendril,
    text: &'a str,
    at: usize,
    names: Names,
    /// Whether there is a null character anywhere.
    nulls: bool,
}

impl<Sink: TokenSink> Cutter<'_, Sink> {
    fn all(&mut self) {
        while self.at < self.text.len() {
            self.characters();
            if self.at < self.text.len() && self.markup().is_none() {
                // The text ends inside a tag, which is none then.
                return;
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// A part of the text, not copied.
    fn part(&self, from: usize, to: usize) -> StrTendril {
        match (u32::try_from(from), u32::try_from(to - from)) {
            (Ok(from), Ok(length)) => self.whole.subtendril(from, length),
            _ => StrTendril::from(&self.text[from..to]),
        }
    }

    fn emit(&self, token: Token) -> TokenSinkResult<Sink::Handle> {
        self.sink.process_token(token, 1)
    }

    /// Emits a part of the text, with its character references or without. Null characters are told apart, for the tree
    /// builder says what becomes of them (13.2.6).
    fn emit_text(&self, from: usize, to: usize, references: bool) {
        if !self.nulls {
            return self.emit_part(from, to, references);
        }
        let mut start = from;
        for it in memchr_iter(0, &self.text.as_bytes()[from..to]) {
            self.emit_part(start, from + it, references);
            let _ = self.emit(Token::NullCharacterToken);
            start = from + it + 1;
        }
        self.emit_part(start, to, references);
    }

    /// Emits a part of the text; a null character in it is replaced.
    fn emit_part(&self, from: usize, to: usize, references: bool) {
        if from < to {
            let text = if references {
                self.resolved(from, to, false)
            } else {
                self.without_nulls(self.part(from, to))
            };
            let _ = self.emit(Token::CharacterTokens(text));
        }
    }

    /// Goes to the next markup and emits the text before it (13.2.5.1).
    fn characters(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut references = false;
        loop {
            let Some(found) = memchr2(b'<', b'&', &bytes[self.at..]) else {
                self.at = bytes.len();
                break;
            };
            self.at += found;
            if bytes[self.at] == b'&' {
                references = true;
            } else if self.opens_markup() {
                break;
            }
            self.at += 1;
        }
        self.emit_text(start, self.at, references);
    }

    /// Whether the `<` at the place opens something rather than standing for itself.
    fn opens_markup(&self) -> bool {
        match self.byte(self.at + 1) {
            Some(b'/') => self.at + 2 < self.text.len(),
            Some(it) => it.is_ascii_alphabetic() || matches!(it, b'!' | b'?'),
            None => false,
        }
    }

    /// Reads what `<` opens; `None` where the text ends inside a tag.
    fn markup(&mut self) -> Option<()> {
        match self.byte(self.at + 1)? {
            b'/' => match self.byte(self.at + 2)? {
                b'>' => self.at += 3,
                it if it.is_ascii_alphabetic() => {
                    self.at += 2;
                    self.tag(TagKind::EndTag)?;
                }
                _ => self.bogus_comment(),
            },
            b'!' => self.declaration(),
            b'?' => self.bogus_comment(),
            _ => {
                self.at += 1;
                self.tag(TagKind::StartTag)?;
            }
        }
        Some(())
    }

    /// What begins with `<!` (13.2.5.42).
    fn declaration(&mut self) {
        let rest = &self.text.as_bytes()[self.at + 2..];
        if rest.starts_with(b"--") {
            let inner = self.at + 4;
            self.at = comment_end(self.text.as_bytes(), inner);
            let _ = self.emit(Token::CommentToken(StrTendril::new()));
        } else if rest
            .get(..7)
            .is_some_and(|it| it.eq_ignore_ascii_case(b"doctype"))
        {
            self.doctype();
        } else if rest.starts_with(b"[CDATA[")
            && self
                .sink
                .adjusted_current_node_present_but_not_in_html_namespace()
        {
            let start = self.at + 9;
            let end = memmem::find(&self.text.as_bytes()[start..], b"]]>").map(|it| start + it);
            self.emit_text(start, end.unwrap_or(self.text.len()), false);
            self.at = end.map_or(self.text.len(), |it| it + 3);
        } else {
            self.bogus_comment();
        }
    }

    /// A comment that ends at the next `>`.
    fn bogus_comment(&mut self) {
        self.at = self.behind_greater_than();
        let _ = self.emit(Token::CommentToken(StrTendril::new()));
    }

    fn behind_greater_than(&self) -> usize {
        memchr(b'>', &self.text.as_bytes()[self.at..])
            .map_or(self.text.len(), |it| self.at + it + 1)
    }

    /// A document type ends at the next `>` whatever stands in it; there is one in a page, and html5ever reads it.
    fn doctype(&mut self) {
        let end = self.behind_greater_than();
        // Almost every page has this one.
        if self.text.as_bytes()[self.at..end].eq_ignore_ascii_case(b"<!doctype html>") {
            self.at = end;
            let _ = self.emit(Token::DoctypeToken(Doctype {
                name: Some(StrTendril::from_slice("html")),
                ..Doctype::default()
            }));
            return;
        }
        let only = feed_slowly(Doctypes::default(), &self.text[self.at..end]);
        self.at = end;
        if let Some(it) = only.0.into_inner() {
            let _ = self.emit(Token::DoctypeToken(it));
        }
    }

    /// A tag, from the first letter of its name (13.2.5.8); `None` where the text ends in it.
    fn tag(&mut self, kind: TagKind) -> Option<()> {
        let start = self.at;
        let name_end = self.name_end(start, false)?;
        let name = self.name(start, name_end).0;
        self.at = name_end;
        let opens = kind == TagKind::StartTag;
        let all = opens && is_compared(&name);
        let mut attrs: Vec<Attribute> = Vec::new();
        let mut self_closing = false;
        loop {
            match self.byte(self.at)? {
                b'\t' | b'\n' | b'\x0c' | b' ' => self.at += 1,
                b'>' => {
                    self.at += 1;
                    break;
                }
                b'/' => {
                    self.at += 1;
                    if self.byte(self.at)? == b'>' {
                        self.at += 1;
                        self_closing = true;
                        break;
                    }
                }
                _ => self.attribute(opens, all, &mut attrs)?,
            }
        }
        let result = self.emit(Token::TagToken(Tag {
            kind,
            name: name.clone(),
            self_closing,
            attrs,
            had_duplicate_attributes: false,
        }));
        match result {
            TokenSinkResult::RawData(kind) => self.raw(kind, &name),
            TokenSinkResult::Plaintext => {
                self.emit_part(self.at, self.text.len(), false);
                self.at = self.text.len();
            }
            _ => {}
        }
        Some(())
    }

    /// One attribute, from the first letter of its name (13.2.5.33).
    fn attribute(&mut self, opens: bool, all: bool, attrs: &mut Vec<Attribute>) -> Option<()> {
        let start = self.at;
        let name_end = self.name_end(start + 1, true)?;
        let mut at = name_end;
        while is_space(self.byte(at)?) {
            at += 1;
        }
        let mut value = (at, at);
        if self.byte(at)? == b'=' {
            at += 1;
            while is_space(self.byte(at)?) {
                at += 1;
            }
            let bytes = self.text.as_bytes();
            match bytes[at] {
                quote @ (b'"' | b'\'') => {
                    let end = at + 1 + memchr(quote, &bytes[at + 1..])?;
                    value = (at + 1, end);
                    at = end + 1;
                }
                // A value that is missing; the tag's end is read next.
                b'>' => value = (at, at),
                _ => {
                    let length = bytes[at..]
                        .iter()
                        .position(|&it| is_space(it) || it == b'>')?;
                    value = (at, at + length);
                    at += length;
                }
            }
        }
        self.at = at;
        if opens {
            let (name, kept) = self.name(start, name_end);
            if (kept || all || spelt::may_be_data(&self.text[value.0..value.1]))
                && attrs.len() < ATTRIBUTES
                && !attrs.iter().any(|it| it.name.local == name)
            {
                let value = self.resolved(value.0, value.1, true);
                attrs.push(Attribute {
                    name: QualName::new(None, ns!(), name),
                    value,
                });
            }
        }
        Some(())
    }

    /// Where a name ends that is known to go on to `from`.
    fn name_end(&self, from: usize, attribute: bool) -> Option<usize> {
        Some(from + spelt::length(&self.text.as_bytes()[from..], attribute)?)
    }

    /// A name, and whether an attribute of that name is kept.
    fn name(&mut self, from: usize, to: usize) -> (LocalName, bool) {
        self.names.known(self.text, from..to)
    }

    /// The text of an element that holds no elements, to its end tag (13.2.5.2 to 13.2.5.4).
    fn raw(&mut self, kind: RawKind, name: &LocalName) {
        let end = match kind {
            RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => self.script_end(),
            _ => self.end_tag(self.at, name),
        };
        self.emit_part(self.at, end, kind == RawKind::Rcdata);
        self.at = end;
    }

    /// Where the next end tag of this name stands.
    fn end_tag(&self, from: usize, name: &str) -> usize {
        let bytes = self.text.as_bytes();
        memmem::find_iter(&bytes[from..], b"</")
            .map(|it| from + it)
            .find(|&it| names_tag(bytes, it + 2, name))
            .unwrap_or(bytes.len())
    }

    /// Where a script ends: not inside a comment that opens a script of its own (13.2.5.15 to 13.2.5.31).
    fn script_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let mut escaped = false;
        let mut twice = false;
        loop {
            let found = if escaped {
                memchr2(b'<', b'-', &bytes[at..])
            } else {
                memchr(b'<', &bytes[at..])
            };
            let Some(found) = found else {
                return bytes.len();
            };
            at += found;
            let rest = &bytes[at..];
            if rest[0] == b'-' {
                if escaped && rest.starts_with(b"-->") {
                    escaped = false;
                    twice = false;
                }
            } else if !escaped && rest.starts_with(b"<!--") {
                escaped = true;
                // The dashes that open it may be the ones that close it.
                at += 1;
            } else if rest.get(1) == Some(&b'/') && names_tag(bytes, at + 2, "script") {
                if !twice {
                    return at;
                }
                twice = false;
            } else if escaped && !twice && names_tag(bytes, at + 1, "script") {
                twice = true;
            }
            at += 1;
        }
    }

    /// A text with its null characters replaced (13.2.5.2 and the states after it).
    fn without_nulls(&self, text: StrTendril) -> StrTendril {
        if !self.nulls || memchr(0, text.as_bytes()).is_none() {
            return text;
        }
        StrTendril::from(text.replace('\0', "\u{fffd}"))
    }

    /// A part of the text with its character references resolved (13.2.5.72).
    fn resolved(&self, from: usize, to: usize, attribute: bool) -> StrTendril {
        let part = &self.text[from..to];
        let Some(first) = memchr(b'&', part.as_bytes()) else {
            return self.without_nulls(self.part(from, to));
        };
        let mut out = String::with_capacity(part.len());
        let mut copied = 0;
        let mut next = Some(first);
        while let Some(at) = next {
            let mut behind = at + 1;
            if let Some(it) = reference(&part[at + 1..], attribute) {
                out.push_str(&part[copied..at]);
                out.push(it.first);
                out.extend(it.second);
                behind += it.length;
                copied = behind;
            }
            next = memchr(b'&', &part.as_bytes()[behind..]).map(|it| behind + it);
        }
        out.push_str(&part[copied..]);
        self.without_nulls(StrTendril::from(out))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}

/// Whether at a place stands `name` in any case, and behind it what ends a tag's name.
fn names_tag(bytes: &[u8], at: usize, name: &str) -> bool {
    let end = at + name.len();
    bytes
        .get(at..end)
        .is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
        && bytes
            .get(end)
            .is_some_and(|&it| is_space(it) || matches!(it, b'/' | b'>'))
}

/// Where a comment ends whose text begins at `inner` (13.2.5.43 to 13.2.5.51).
fn comment_end(bytes: &[u8], inner: usize) -> usize {
    let rest = &bytes[inner..];
    if rest.starts_with(b">") {
        return inner + 1;
    }
    if rest.starts_with(b"->") {
        return inner + 2;
    }
    let mut from = 0;
    while let Some(found) = memmem::find(&rest[from..], b"--") {
        let at = from + found;
        if rest[at + 2..].starts_with(b">") {
            return inner + at + 3;
        }
        if rest[at + 2..].starts_with(b"!>") {
            return inner + at + 4;
        }
        from = at + 1;
    }
    bytes.len()
}

/// Keeps the first document type.
#[derive(Default)]
struct Doctypes(RefCell<Option<Doctype>>);

impl TokenSink for Doctypes {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::DoctypeToken(it) = token {
            self.0.borrow_mut().get_or_insert(it);
        }
        TokenSinkResult::Continue
    }
}
