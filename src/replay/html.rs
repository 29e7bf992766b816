//! Rewrites HTML, token by token as browsers tokenize it; everything except addresses and scripts stays as it is.
//!
//! The rewriter tracks whether a browser is inside SVG or MathML closely, but not by every rule. So it writes nothing that
//! would be markup in only one of the two cases: other text is escaped, or left out if it is invisible.

use std::{cell::RefCell, mem};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
        TokenizerOpts, states::RawKind,
    },
};

use super::{
    Scope,
    attributes::{self, Fate},
    css,
    marks::Marker,
};
use crate::{
    html::{Syntax, bounded, is_void},
    text::html_escaped,
};

mod marked;

pub(super) use marked::rewrite_marked;

/// The greatest depth of pages inside attributes of pages.
const DEPTH: u32 = 3;

/// Rewrites the links and subresources of a page, and removes its scripts.
pub(super) fn rewrite(text: &str, scope: &Scope, syntax: Syntax) -> String {
    rewrite_at(text, scope, syntax, 0)
}

fn rewrite_at(text: &str, scope: &Scope, syntax: Syntax, depth: u32) -> String {
    let scope = match base_of(text) {
        Some(href) => scope.with_base(&href),
        None => scope.clone(),
    };
    run(text, scope, syntax, depth).out
}

/// The target of the first refresh of the page, as an address in the archive.
pub(super) fn refresh_of(text: &str, scope: &Scope) -> Option<String> {
    let scope = match base_of(text) {
        Some(href) => scope.with_base(&href),
        None => scope.clone(),
    };
    run(text, scope, Syntax::Html, DEPTH).refresh
}

/// The address in the first `base` element of a page.
fn base_of(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_there = memchr::memchr_iter(b'<', bytes).any(|at| {
        bytes
            .get(at + 1..at + 5)
            .is_some_and(|byte| byte.eq_ignore_ascii_case(b"base"))
    });
    if !is_there {
        return None;
    }
    // Any scope will do: only the tokens matter here.
    let nowhere = url::Url::parse("http://base.invalid/").ok()?;
    let scope = Scope {
        document: nowhere.clone(),
        base: nowhere,
        at: String::new(),
    };
    run(text, scope, Syntax::Html, DEPTH).base
}

fn run(text: &str, scope: Scope, syntax: Syntax, depth: u32) -> Page {
    run_with(text, scope, syntax, depth, Marker::Off)
}

fn run_with(text: &str, scope: Scope, syntax: Syntax, depth: u32, marker: Marker) -> Page {
    let sink = Sink(RefCell::new(Page {
        out: String::with_capacity(text.len() + text.len() / 8),
        scope,
        syntax,
        depth,
        base: None,
        refresh: None,
        within: Within::Markup,
        foreign: Vec::new(),
        marker,
        letters: 0,
        unmarkable: None,
        veiled: None,
    }));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&*bounded(text)));
    // This callback always continues.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut page = tokenizer.sink.0.into_inner();
    page.end_style();
    page.end_marks();
    page
}

struct Sink(RefCell<Page>);

/// The context of the following text.
#[derive(Debug, PartialEq, Eq)]
enum Within {
    /// Elements and text.
    Markup,
    /// A script, which is removed.
    Script,
    /// A style sheet, collected until its end.
    Style(String),
    /// An element whose text is invisible, and which is removed.
    Unseen,
}

struct Page {
    out: String,
    scope: Scope,
    syntax: Syntax,
    depth: u32,
    base: Option<String>,
    refresh: Option<String>,
    within: Within,
    /// The open elements that switch between HTML and SVG or MathML.
    foreign: Vec<String>,
    marker: Marker,
    /// How many letters that can be marked were written.
    letters: usize,
    /// The open element whose text cannot be marked, because no element can be in it.
    unmarkable: Option<String>,
    /// The open element whose content is folded or hidden, and how many of the same name are open.
    veiled: Option<(String, u32)>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        if !matches!(token, Token::CharacterTokens(_)) {
            page.end_marks();
        }
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return page.start(&tag),
            Token::TagToken(tag) => page.end(&tag.name),
            Token::CharacterTokens(text) => page.text(&text),
            Token::CommentToken(text) if page.within == Within::Markup => {
                page.push(&["<!--", &text, "-->"]);
            }
            Token::DoctypeToken(doctype_token) => page.doctype(&doctype_token),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        let page = self.0.borrow();
        page.is_foreign() || page.syntax == Syntax::Xhtml
    }
}

impl Page {
    fn push(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.push_str(part);
        }
    }

    fn is_foreign(&self) -> bool {
        self.foreign
            .last()
            .is_some_and(|foreign| foreign == "svg" || foreign == "math")
    }

    fn doctype(&mut self, it: &Doctype) {
        let part = |it: &Option<StrTendril>| it.as_deref().map(str::to_owned);
        let quote = |text: String| {
            let mark = if text.contains('"') { '\'' } else { '"' };
            format!(" {mark}{text}{mark}")
        };
        let public = part(&it.public_id);
        let keyword = if public.is_some() {
            " PUBLIC"
        } else {
            " SYSTEM"
        };
        let ids: String = public
            .into_iter()
            .chain(part(&it.system_id))
            .map(quote)
            .collect();
        let keyword = if ids.is_empty() { "" } else { keyword };
        let name = part(&it.name).unwrap_or_default();
        self.push(&["<!DOCTYPE ", &name, keyword, &ids, ">"]);
    }

    fn text(&mut self, text: &str) {
        let is_plain =
            matches!(self.marker, Marker::Off) || self.unmarkable.is_some() || self.is_foreign();
        match &mut self.within {
            Within::Markup if is_plain => self.out.push_str(&html_escaped(text)),
            Within::Markup => self.marked(text),
            Within::Style(sheet) => sheet.push_str(text),
            Within::Script | Within::Unseen => {}
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        if self.within != Within::Markup {
            return TokenSinkResult::Continue;
        }
        let name = tag.name.as_ref();
        if self.is_foreign() && breaks_out(name) {
            while self.is_foreign() {
                self.foreign.pop();
            }
        }
        let foreign = self.is_foreign();
        let closed = tag.self_closing && (foreign || self.syntax == Syntax::Xhtml);
        if name == "script" {
            if closed {
                return TokenSinkResult::Continue;
            }
            self.within = Within::Script;
            return if foreign {
                TokenSinkResult::Continue
            } else {
                TokenSinkResult::RawData(RawKind::ScriptData)
            };
        }
        let attributes: Vec<(String, String)> = tag
            .attrs
            .iter()
            .map(|attr| (attr.name.local.to_string(), attr.value.to_string()))
            .collect();
        if name == "base" {
            let href = attributes
                .into_iter()
                .find(|attribute| attribute.0 == "href" && !foreign);
            self.base = self.base.take().or(href.map(|href| href.1));
            return TokenSinkResult::Continue;
        }
        if let Fate::Kept(attributes) = self.attributes(name, attributes) {
            self.look_into(name, &attributes);
            let attributes = match &self.marker {
                Marker::Marking(it) if name != "link" => it.attributes(attributes),
                _ => attributes,
            };
            if name == "meta" && !foreign && self.refresh.is_none() {
                self.refresh = attributes::refreshed(&attributes);
            }
            let shown = if foreign { name } else { shown_as(name) };
            self.push(&["<", shown]);
            for (name, value) in attributes {
                self.push(&[" ", &name, "=\"", &html_escaped(&value), "\""]);
            }
            self.push(&[match (closed, foreign) {
                (true, false) if !is_void(name) => "></",
                (true, true) => "/>",
                _ => ">",
            }]);
            if self.out.ends_with("</") {
                self.push(&[name, ">"]);
            }
        }
        if closed {
            return TokenSinkResult::Continue;
        }
        self.enter(name, foreign)
    }

    fn attributes(&self, name: &str, attributes: Vec<(String, String)>) -> Fate {
        attributes::rewrite(name, attributes, &self.scope, |page| {
            if self.depth < DEPTH {
                rewrite_at(page, &self.scope, Syntax::Html, self.depth + 1)
            } else {
                String::new()
            }
        })
    }

    /// The kind of text after a start tag (HTML standard, 13.2.6).
    fn enter(&mut self, name: &str, foreign: bool) -> TokenSinkResult<()> {
        let opens = match self.foreign.last().map(String::as_str) {
            Some("svg") => matches!(name, "svg" | "foreignobject" | "desc" | "title"),
            Some("math") => matches!(name, "annotation-xml" | "mi" | "mo" | "mn" | "ms" | "mtext"),
            _ => matches!(name, "svg" | "math"),
        };
        if opens {
            self.foreign.push(name.to_owned());
        }
        if name == "style" {
            self.within = Within::Style(String::new());
        }
        if foreign {
            return TokenSinkResult::Continue;
        }
        match name {
            "style" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "iframe" | "noembed" | "noframes" => {
                self.within = Within::Unseen;
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    fn end(&mut self, name: &str) {
        match &self.within {
            Within::Script => {
                if name == "script" {
                    self.within = Within::Markup;
                }
                return;
            }
            Within::Style(_) if name == "style" => self.end_style(),
            Within::Style(_) => return,
            Within::Unseen => self.within = Within::Markup,
            Within::Markup => {}
        }
        self.look_out(name);
        if let Some(at) = self.foreign.iter().rposition(|it| it == name) {
            self.foreign.truncate(at);
        }
        if !matches!(name, "base" | "script") {
            self.push(&["</", shown_as(name), ">"]);
        }
    }

    fn end_style(&mut self) {
        if let Within::Style(sheet) = mem::replace(&mut self.within, Within::Markup) {
            let sheet = css::rewrite(&sheet, &self.scope);
            if self.is_foreign() {
                self.out.push_str(&html_escaped(&sheet));
                return;
            }
            let mut parts = sheet.split('<');
            self.push(&[parts.next().unwrap_or_default()]);
            for part in parts {
                let is_markup = part.starts_with(|letter: char| {
                    letter.is_ascii_alphabetic() || matches!(letter, '/' | '?')
                });
                self.push(&[if is_markup { "\\3C " } else { "<" }, part]);
            }
        }
    }
}

/// The element to write for an element: one whose text is not markup is written so that it cannot be taken for markup.
fn shown_as(name: &str) -> &str {
    if matches!(name, "xmp" | "plaintext") {
        "pre"
    } else {
        name
    }
}

/// Elements that end SVG and MathML (HTML standard, 13.2.6.5).
fn breaks_out(name: &str) -> bool {
    matches!(
        name,
        "b" | "big"
            | "blockquote"
            | "body"
            | "br"
            | "center"
            | "code"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "em"
            | "embed"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "hr"
            | "i"
            | "img"
            | "li"
            | "listing"
            | "menu"
            | "meta"
            | "nobr"
            | "ol"
            | "p"
            | "pre"
            | "ruby"
            | "s"
            | "small"
            | "span"
            | "strong"
            | "strike"
            | "sub"
            | "sup"
            | "table"
            | "tt"
            | "u"
            | "ul"
            | "var"
    )
}
