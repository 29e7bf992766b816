//! Parses a page with html5ever into scraper's tree, within bounds that a hostile page cannot pass.

use std::cell::Cell;

use html5ever::{
    LocalName, TokenizerResult,
    buffer_queue::BufferQueue,
    local_name,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink},
};
use scraper::{Html, HtmlTreeSink};

use super::{bounds::bounded, elements::is_void};

/// How deep elements may nest; the tree builder looks up its stack at every tag, so depth costs time squared.
const DEPTH: u32 = 700;

/// How much a page's tags may cost. A tag costs one node, and one for each formatting element that is open, because the tree
/// builder may have to open them all again (HTML standard, 13.2.4.3); a page of honest markup comes to a few for each tag.
const COST: u64 = 12_000_000;

/// The syntax of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// HTML.
    Html,
    /// HTML in the XML syntax, in which every element can close itself.
    Xhtml,
}

/// A parsed page.
#[derive(Debug)]
pub struct Page {
    /// The tree that html5ever built. Browsers without scripts build the same: what `noscript` contains is elements.
    pub document: Html,
    /// Whether tags were left out because they nested too deep, or were too many.
    pub is_cut: bool,
}

/// Parses a page. It always ends and never fails.
#[must_use]
pub fn parse(text: &str, syntax: Syntax) -> Page {
    let within = bounded(text);
    let tokenizer = Tokenizer::new(Shallow::new(syntax), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&*within));
    // It stops after every script, so that a browser can run it.
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let shallow = tokenizer.sink;
    Page {
        is_cut: shallow.is_cut.get() || within.len() < text.len(),
        document: shallow.builder.sink.finish(),
    }
}

/// Stands between tokenizer and tree builder and lets no start tag through that would nest too deep.
struct Shallow {
    builder: TreeBuilder<ego_tree::NodeId, HtmlTreeSink>,
    depth: Cell<u32>,
    dropped: Cell<u32>,
    is_cut: Cell<bool>,
    formatting: Cell<u32>,
    cost: Cell<u64>,
    syntax: Syntax,
}

impl Shallow {
    fn new(syntax: Syntax) -> Self {
        let options = TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        };
        Self {
            builder: TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), options),
            depth: Cell::new(0),
            dropped: Cell::new(0),
            is_cut: Cell::new(false),
            formatting: Cell::new(0),
            cost: Cell::new(0),
            syntax,
        }
    }

    /// Whether a tag is to be left out because those before it cost so much.
    fn too_costly(&self, tag: &Tag) -> bool {
        let open = self.formatting.get();
        if is_formatting(&tag.name) {
            self.formatting.set(match tag.kind {
                TagKind::StartTag => open.saturating_add(1),
                TagKind::EndTag => open.saturating_sub(1),
            });
        }
        if tag.kind == TagKind::StartTag {
            self.cost.set(self.cost.get() + 1 + u64::from(open));
        }
        let costly = self.cost.get() > COST;
        self.is_cut.set(self.is_cut.get() || costly);
        costly
    }

    /// Whether a tag is to be left out because it would nest too deep.
    fn too_deep(&self, tag: &Tag) -> bool {
        if !nests(&tag.name) || tag.self_closing {
            return false;
        }
        match tag.kind {
            TagKind::StartTag if self.depth.get() >= DEPTH => {
                self.dropped.set(self.dropped.get().saturating_add(1));
                self.is_cut.set(true);
                true
            }
            TagKind::StartTag => {
                self.depth.set(self.depth.get() + 1);
                false
            }
            TagKind::EndTag if self.dropped.get() > 0 => {
                self.dropped.set(self.dropped.get() - 1);
                true
            }
            TagKind::EndTag => {
                self.depth.set(self.depth.get().saturating_sub(1));
                false
            }
        }
    }
}

impl TokenSink for Shallow {
    type Handle = ego_tree::NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Self::Handle> {
        match &token {
            Token::TagToken(tag) if self.too_costly(tag) || self.too_deep(tag) => {
                TokenSinkResult::Continue
            }
            Token::TagToken(tag)
                if self.syntax == Syntax::Xhtml
                    && tag.self_closing
                    && tag.kind == TagKind::StartTag
                    && !is_void(&tag.name) =>
            {
                let end = Tag {
                    kind: TagKind::EndTag,
                    self_closing: false,
                    attrs: Vec::new(),
                    ..tag.clone()
                };
                // What follows a script that closes itself is not script, so the switch is not passed on.
                let _ = self.builder.process_token(token, line);
                let _ = self.builder.process_token(Token::TagToken(end), line);
                TokenSinkResult::Continue
            }
            _ => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether the tree builder opens elements of this name again wherever they were not closed (HTML standard, 13.2.4.3).
fn is_formatting(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u")
    )
}

/// Whether an element of this name counts as a level: not if it has no content or if authors usually leave out its end tag.
fn nests(name: &LocalName) -> bool {
    !is_void(name)
        && !matches!(
            *name,
            local_name!("body")
                | local_name!("colgroup")
                | local_name!("dd")
                | local_name!("dt")
                | local_name!("head")
                | local_name!("html")
                | local_name!("image")
                | local_name!("li")
                | local_name!("optgroup")
                | local_name!("option")
                | local_name!("p")
                | local_name!("script")
                | local_name!("style")
                | local_name!("tbody")
                | local_name!("td")
                | local_name!("tfoot")
                | local_name!("th")
                | local_name!("thead")
                | local_name!("title")
                | local_name!("tr")
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The greatest number of elements within each other.
    fn depth(page: &Page) -> usize {
        let nodes = page.document.tree.nodes();
        nodes
            .map(|node| node.ancestors().count())
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn elements_nest_seven_hundred_deep_and_no_deeper() {
        let page = |count| format!("{}x{}<p>y", "<div>".repeat(count), "</div>".repeat(count));
        let whole = parse(&page(DEPTH as usize), Syntax::Html);
        // The document, `html` and `body` are around them, a text within them.
        assert_eq!((depth(&whole), whole.is_cut), (DEPTH as usize + 3, false));
        let cut = parse(&page(100_000), Syntax::Html);
        assert_eq!((depth(&cut), cut.is_cut), (DEPTH as usize + 3, true));
        let text: String = cut.document.root_element().text().collect();
        assert_eq!(text, "xy");
    }

    #[test]
    fn a_tag_of_a_hundred_thousand_attributes_is_cut() {
        let attributes: Vec<String> = (0..100_000).map(|number| format!("a{number}")).collect();
        let page = parse(&format!("<p {}>x", attributes.join(" ")), Syntax::Html);
        let text: String = page.document.root_element().text().collect();
        assert_eq!((&text[..], page.is_cut), ("x", true));
    }

    #[test]
    fn elements_that_close_themselves_are_closed_in_xhtml() {
        let page = "<div/><script/><p>a<br/>b</p>";
        let html = parse(page, Syntax::Html).document.html();
        assert!(
            html.ends_with("<div><script><p>a<br/>b</p></script></div></body></html>"),
            "{html}"
        );
        let xhtml = parse(page, Syntax::Xhtml).document.html();
        assert!(
            xhtml.ends_with("<div></div><script></script><p>a<br>b</p></body></html>"),
            "{xhtml}"
        );
    }
}
