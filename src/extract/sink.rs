//! The tree builder's end: html5ever's tree kept as a plain arena, with bounds that a hostile page cannot pass.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

use html5ever::{
    Attribute, ExpandedName, LocalName, Namespace, QualName, expanded_name, local_name, ns,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink},
};

use super::{spelt::Keep, tokens};

/// How deep elements may nest; the tree builder looks up its stack at every tag, so depth costs time squared.
const DEPTH: u32 = 700;

/// How much a page's tags may cost. A tag costs one node, and one for each formatting element that is open, because the tree
/// builder may have to open them all again (HTML standard, 13.2.4.3); a page of honest markup comes to a few for each tag.
const COST: u64 = 12_000_000;

/// No node.
const NONE: u32 = u32::MAX;

/// A node of the arena, linked to its neighbours by their numbers.
#[derive(Debug)]
pub(super) struct RawNode {
    pub(super) kind: RawKind,
    parent: u32,
    first: u32,
    last: u32,
    before: u32,
    after: u32,
}

/// What a node of the arena is; comments and processing instructions are nothing.
#[derive(Debug)]
pub(super) enum RawKind {
    Nothing,
    Element(LocalName, Vec<Attribute>),
    Text(StrTendril),
}

/// The nodes that the tree builder made; number 0 is the document.
#[derive(Debug)]
pub(super) struct RawTree {
    pub(super) nodes: Vec<RawNode>,
}

impl RawTree {
    /// A node's first child.
    pub(super) fn first_child(&self, node: usize) -> Option<usize> {
        number(self.nodes[node].first)
    }

    /// A node's next sibling.
    pub(super) fn next_sibling(&self, node: usize) -> Option<usize> {
        number(self.nodes[node].after)
    }
}

fn number(node: u32) -> Option<usize> {
    (node != NONE).then_some(node as usize)
}

/// A node as the tree builder knows it: it asks for names all the time, so they go with the number.
#[derive(Clone, Debug)]
pub(super) struct Handle {
    node: u32,
    namespace: Namespace,
    name: LocalName,
}

/// The arena that the tree builder fills.
#[derive(Debug)]
pub(super) struct Arena {
    nodes: RefCell<Vec<RawNode>>,
}

impl Arena {
    /// For a page of so many bytes.
    fn new(bytes: usize) -> Self {
        let it = Self {
            nodes: RefCell::new(Vec::with_capacity(bytes / 24)),
        };
        it.add(RawKind::Nothing);
        it
    }

    fn add(&self, kind: RawKind) -> u32 {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(RawNode {
            kind,
            parent: NONE,
            first: NONE,
            last: NONE,
            before: NONE,
            after: NONE,
        });
        // A page of 24 MB has no more nodes than that.
        u32::try_from(nodes.len() - 1).unwrap_or(0)
    }

    fn unnamed(node: u32) -> Handle {
        Handle {
            node,
            namespace: ns!(html),
            name: local_name!(""),
        }
    }

    fn detach(&self, node: u32) {
        let mut nodes = self.nodes.borrow_mut();
        let it = &mut nodes[node as usize];
        let (parent, before, after) = (it.parent, it.before, it.after);
        if parent == NONE {
            return;
        }
        (it.parent, it.before, it.after) = (NONE, NONE, NONE);
        match before {
            NONE => nodes[parent as usize].first = after,
            before => nodes[before as usize].after = after,
        }
        match after {
            NONE => nodes[parent as usize].last = before,
            after => nodes[after as usize].before = before,
        }
    }

    /// Puts `child` into `parent` between `before` and what follows it, joining neighbouring texts.
    fn insert(&self, parent: u32, before: u32, child: NodeOrText<Handle>) {
        let node = match child {
            NodeOrText::AppendNode(it) => it.node,
            NodeOrText::AppendText(text) => {
                if before != NONE
                    && let RawKind::Text(it) = &mut self.nodes.borrow_mut()[before as usize].kind
                {
                    it.push_tendril(&text);
                    return;
                }
                self.add(RawKind::Text(text))
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let after = match before {
            NONE => std::mem::replace(&mut nodes[parent as usize].first, node),
            before => std::mem::replace(&mut nodes[before as usize].after, node),
        };
        match after {
            NONE => nodes[parent as usize].last = node,
            after => nodes[after as usize].before = node,
        }
        let it = &mut nodes[node as usize];
        (it.parent, it.before, it.after) = (parent, before, after);
    }
}

impl TreeSink for Arena {
    type Handle = Handle;
    type Output = RawTree;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> RawTree {
        RawTree {
            nodes: self.nodes.into_inner(),
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Self::unnamed(0)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        ExpandedName {
            ns: &target.namespace,
            local: &target.name,
        }
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let template = name.expanded() == expanded_name!(html "template");
        let node = self.add(RawKind::Element(name.local.clone(), attrs));
        if template {
            // Its contents hang on a node that is never part of the tree: the next number.
            self.add(RawKind::Nothing);
        }
        Handle {
            node,
            namespace: name.ns,
            name: name.local,
        }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        Self::unnamed(self.add(RawKind::Nothing))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        Self::unnamed(self.add(RawKind::Nothing))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let last = self.nodes.borrow()[parent.node as usize].last;
        self.insert(parent.node, last, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let has_parent = self.nodes.borrow()[element.node as usize].parent != NONE;
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        Self::unnamed(target.node + 1)
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.node == y.node
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(it) = &child {
            self.detach(it.node);
        }
        let (parent, before) = {
            let it = &self.nodes.borrow()[sibling.node as usize];
            (it.parent, it.before)
        };
        if parent != NONE {
            self.insert(parent, before, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        if let RawKind::Element(_, own) = &mut self.nodes.borrow_mut()[target.node as usize].kind {
            for attr in attrs {
                if !own.iter().any(|own| own.name == attr.name) {
                    own.push(attr);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.node);
    }

    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let from = &mut nodes[node.node as usize];
        let (first, last) = (from.first, from.last);
        (from.first, from.last) = (NONE, NONE);
        if first == NONE {
            return;
        }
        let mut at = first;
        while at != NONE {
            nodes[at as usize].parent = parent.node;
            at = nodes[at as usize].after;
        }
        let to = &mut nodes[parent.node as usize];
        let end = std::mem::replace(&mut to.last, last);
        nodes[first as usize].before = end;
        match end {
            NONE => nodes[parent.node as usize].first = first,
            end => nodes[end as usize].after = first,
        }
    }
}

/// Stands between tokenizer and tree builder and lets no start tag through that would nest too deep.
struct Shallow<Sink: TreeSink> {
    builder: TreeBuilder<Sink::Handle, Sink>,
    depth: Cell<u32>,
    dropped: Cell<u32>,
    any_dropped: Cell<bool>,
    formatting: Cell<u32>,
    cost: Cell<u64>,
    xhtml: bool,
}

impl<Sink: TreeSink> Shallow<Sink> {
    fn new(sink: Sink, xhtml: bool) -> Self {
        let options = TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        };
        Self {
            builder: TreeBuilder::new(sink, options),
            depth: Cell::new(0),
            dropped: Cell::new(0),
            any_dropped: Cell::new(false),
            formatting: Cell::new(0),
            cost: Cell::new(0),
            xhtml,
        }
    }

    /// Whether a tag is to be left out because those before it cost so much.
    fn too_costly(&self, tag: &Tag) -> bool {
        let open = self.formatting.get();
        if is_compared(&tag.name) || tag.name == local_name!("a") {
            self.formatting.set(match tag.kind {
                TagKind::StartTag => open.saturating_add(1),
                TagKind::EndTag => open.saturating_sub(1),
            });
        }
        if tag.kind == TagKind::StartTag {
            self.cost.set(self.cost.get() + 1 + u64::from(open));
        }
        let costly = self.cost.get() > COST;
        self.any_dropped.set(self.any_dropped.get() || costly);
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
                self.any_dropped.set(true);
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

/// Whether the tree builder compares the attributes of elements of this name ("Noah's Ark clause").
pub(super) fn is_compared(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("b")
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

/// Whether an element of this name never has content (HTML standard, 13.1.2).
fn is_void(name: &LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether an element of this name counts as a level: not if it has no content or its end tag is commonly left out.
fn nests(name: &LocalName) -> bool {
    !matches!(
        *name,
        local_name!("area")
            | local_name!("base")
            | local_name!("body")
            | local_name!("br")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("dd")
            | local_name!("dt")
            | local_name!("embed")
            | local_name!("head")
            | local_name!("hr")
            | local_name!("html")
            | local_name!("img")
            | local_name!("image")
            | local_name!("input")
            | local_name!("li")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("optgroup")
            | local_name!("option")
            | local_name!("p")
            | local_name!("param")
            | local_name!("script")
            | local_name!("source")
            | local_name!("style")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("title")
            | local_name!("tr")
            | local_name!("track")
            | local_name!("wbr")
    )
}

impl<Sink: TreeSink> TokenSink for Shallow<Sink> {
    type Handle = Sink::Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Self::Handle> {
        match &token {
            Token::TagToken(tag) if self.too_costly(tag) || self.too_deep(tag) => {
                TokenSinkResult::Continue
            }
            Token::TagToken(tag)
                if self.xhtml && tag.self_closing && tag.kind == TagKind::StartTag =>
            {
                let end = Tag {
                    kind: TagKind::EndTag,
                    self_closing: false,
                    attrs: Vec::new(),
                    ..tag.clone()
                };
                if is_void(&tag.name) {
                    return self.builder.process_token(token, line);
                }
                // What follows a script that closes itself is no script, so the switch is not passed on.
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

/// Parses `text` into `sink`; the second value says whether tags were left out because they nested too deep.
pub(super) fn parse_into<Sink: TreeSink>(
    sink: Sink,
    text: &str,
    xhtml: bool,
    keep: Keep,
) -> (Sink::Output, bool) {
    let shallow = tokens::feed(Shallow::new(sink, xhtml), text, keep);
    (shallow.builder.sink.finish(), shallow.any_dropped.get())
}

/// Parses `text`; see [`parse_into`].
pub(super) fn parse(text: &str, xhtml: bool, keep: Keep) -> (RawTree, bool) {
    parse_into(Arena::new(text.len()), text, xhtml, keep)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// The tree as text, each node with its depth.
    fn written(tree: &RawTree) -> String {
        let mut out = String::new();
        let mut stack: Vec<(usize, usize)> =
            tree.first_child(0).map(|it| (0, it)).into_iter().collect();
        while let Some((depth, node)) = stack.pop() {
            stack.extend(tree.next_sibling(node).map(|it| (depth, it)));
            stack.extend(tree.first_child(node).map(|it| (depth + 1, it)));
            match &tree.nodes[node].kind {
                RawKind::Nothing => writeln!(out, "{depth} nothing").unwrap(),
                RawKind::Text(text) => writeln!(out, "{depth} {:?}", &**text).unwrap(),
                RawKind::Element(name, attrs) => {
                    let attrs: Vec<_> = attrs
                        .iter()
                        .map(|attr| (&*attr.name.local, &*attr.value))
                        .collect();
                    writeln!(out, "{depth} <{name} {attrs:?}>").unwrap();
                }
            }
        }
        out
    }

    /// Whether our tokens and html5ever's make one tree.
    fn assert_same_tree(text: &str) {
        let ours = parse(text, false, |_| true).0;
        let theirs = tokens::feed_slowly(Shallow::new(Arena::new(text.len()), false), text);
        assert_eq!(
            written(&ours),
            written(&theirs.builder.sink.finish()),
            "{text:?}"
        );
    }

    #[test]
    fn our_tokens_make_the_tree_that_those_of_html5ever_make() {
        for text in [
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><table><p>a<table>b",
            "<!doctype html><p>a<table>b</table>",
            "a &amp; b &copy; &copy1 &notit; &notin; &#x2014;&#128;&#0;&#xfffffff;&#; &nosuch; &",
            "<a href='?a=1&copy=2&amp;b&lt' title=\"x&quot;y\" class=a class=b disabled/>x</a>",
            "<p a=1 / b = 2 c='3'd=\"4\"e>x</p ignored='1'><br/><img src=a.png/>",
            "<script>if (a < b) { '<!--<script>' } </script><b>x</b>--></script>y",
            "<script><!-- <script> </script> --> </script>z<script><!--></script>u",
            "<style>a > b {} </styles> </STYLE ><title>a &lt; <b> </title><textarea>\n\nx</textarea>",
            "<!-- a -- b --!>c<!--->d<!---->e<!--x-->f<!-->g<! bogus>h<?php x ?>i</ >j</>k<3 l < m",
            "<svg><![CDATA[a<b]]>]]><path d='x'/><title>t</title></svg><![CDATA[html]]>",
            "<pre>\n\nx</pre>\r\nline\rline\n\r<p>\u{a0}é</p>\u{feff}",
            "\u{feff}<p>x",
            "<",
            "</",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<a b='c'",
            "a<!--",
            "a&am",
            "<!doctype",
            "<plaintext>a<b>&amp;",
            "a\0b<p \0=\0>",
            "<title>a\0&amp;\0</title><p\0 A\0=b\0&lt;\0>c\0&amp\0d</p\0><table>\0<td>\0</table><svg>\0<![CDATA[\0]]>\0",
            "<script>\0</script\0></script><textarea>\0</textarea><!--\0--></\0><\0><plaintext>\0&amp;",
            "<iframe><p></iframe><noscript><p>x</noscript><xmp><i></xmp>",
            "<b class=1><b class=2><b class=1><b class=1><b class=1>x<p>y</b></b></b></b></b>z",
            "<template><td>x</td></template><select><option>a<option>b</select><P CLASS=Big>",
        ] {
            assert_same_tree(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn any_markup_makes_the_tree_that_html5ever_makes(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "</", "/>", "<!--", "-->", "--!>", "-", "!", "<!", "<?", "&", "&amp", ";", "&#", "x41", "=", "'",
                    "\"", " ", "\n", "\r", "/", "p", "div", "<p>", "</p>", "<a href=", "script", "<script>", "</script>",
                    "<style>", "</style>", "<title>", "</title>", "<table>", "<td>", "<svg>", "</svg>", "<![CDATA[", "]]>",
                    "]", "<b>", "</b>", "é", "\u{a0}", "\0", "text", "class", "<!doctype html>", "<textarea>", "<pre>",
                ]),
                0..40,
            )
        ) {
            assert_same_tree(&parts.concat());
        }
    }
}
