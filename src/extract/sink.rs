//! The tree builder's end: html5ever's tree kept as a plain arena, with bounds that a hostile page cannot pass.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
};

use html5ever::{
    Attribute, LocalName, ParseOpts, QualName, TokenizerResult,
    buffer_queue::BufferQueue,
    expanded_name, local_name, ns,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink},
};

/// How deep elements may nest; the tree builder looks up its stack at every tag, so depth costs time squared.
const DEPTH: u32 = 700;

/// A node of the arena.
#[derive(Debug)]
pub(super) struct RawNode {
    pub(super) kind: RawKind,
    parent: Option<usize>,
    pub(super) children: Vec<usize>,
}

/// What a node of the arena is; comments and processing instructions are nothing.
#[derive(Debug)]
pub(super) enum RawKind {
    Nothing,
    Element(QualName, Vec<Attribute>),
    Text(StrTendril),
}

/// The arena that the tree builder fills; node 0 is the document.
#[derive(Debug)]
pub(super) struct Arena {
    nodes: RefCell<Vec<RawNode>>,
    /// The name of what has none.
    unnamed: RefCell<QualName>,
}

impl Arena {
    fn new() -> Self {
        let it = Self {
            nodes: RefCell::default(),
            unnamed: RefCell::new(QualName::new(None, ns!(html), LocalName::from(""))),
        };
        it.add(RawKind::Nothing);
        it
    }

    fn add(&self, kind: RawKind) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(RawNode {
            kind,
            parent: None,
            children: Vec::new(),
        });
        nodes.len() - 1
    }

    fn detach(&self, node: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[node].parent.take() {
            let children = &mut nodes[parent].children;
            if let Some(at) = children.iter().rposition(|&it| it == node) {
                children.remove(at);
            }
        }
    }

    /// Puts `child` into `parent` before its child number `at`, joining neighbouring texts.
    fn insert(&self, parent: usize, at: usize, child: NodeOrText<usize>) {
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = at.checked_sub(1).map(|it| nodes[parent].children[it]);
                if let Some(before) = before
                    && let RawKind::Text(it) = &mut nodes[before].kind
                {
                    it.push_tendril(&text);
                    return;
                }
                drop(nodes);
                self.add(RawKind::Text(text))
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        nodes[id].parent = Some(parent);
        nodes[parent].children.insert(at, id);
    }
}

impl TreeSink for Arena {
    type Handle = usize;
    type Output = Vec<RawNode>;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Vec<RawNode> {
        self.nodes.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        0
    }

    fn elem_name<'a>(&'a self, target: &usize) -> Ref<'a, QualName> {
        Ref::filter_map(self.nodes.borrow(), |it| match &it[*target].kind {
            RawKind::Element(name, _) => Some(name),
            _ => None,
        })
        .unwrap_or_else(|_| self.unnamed.borrow())
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> usize {
        let template = name.expanded() == expanded_name!(html "template");
        let id = self.add(RawKind::Element(name, attrs));
        if template {
            // Its contents hang on a node that is never part of the tree: number `id + 1`.
            self.add(RawKind::Nothing);
        }
        id
    }

    fn create_comment(&self, _: StrTendril) -> usize {
        self.add(RawKind::Nothing)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.add(RawKind::Nothing)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        let at = self.nodes.borrow()[*parent].children.len();
        self.insert(*parent, at, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &usize,
        previous: &usize,
        child: NodeOrText<usize>,
    ) {
        let has_parent = self.nodes.borrow()[*element].parent.is_some();
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &usize) -> usize {
        target + 1
    }

    fn same_node(&self, x: &usize, y: &usize) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        if let NodeOrText::AppendNode(id) = child {
            self.detach(id);
        }
        let place = {
            let nodes = self.nodes.borrow();
            nodes[*sibling].parent.and_then(|parent| {
                let children = &nodes[parent].children;
                // Text before a table is fostered next to it, so the place is almost always at the end.
                Some((parent, children.iter().rposition(|it| it == sibling)?))
            })
        };
        if let Some((parent, at)) = place {
            self.insert(parent, at, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &usize, attrs: Vec<Attribute>) {
        if let RawKind::Element(_, own) = &mut self.nodes.borrow_mut()[*target].kind {
            for it in attrs {
                if !own.iter().any(|own| own.name == it.name) {
                    own.push(it);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &usize, parent: &usize) {
        let mut nodes = self.nodes.borrow_mut();
        let moved = std::mem::take(&mut nodes[*node].children);
        for &it in &moved {
            nodes[it].parent = Some(*parent);
        }
        nodes[*parent].children.extend(moved);
    }
}

/// Stands between tokenizer and tree builder and lets no start tag through that would nest too deep.
struct Shallow<Sink: TreeSink> {
    builder: TreeBuilder<Sink::Handle, Sink>,
    depth: Cell<u32>,
    dropped: Cell<u32>,
    any_dropped: Cell<bool>,
    xhtml: bool,
}

impl<Sink: TreeSink> Shallow<Sink> {
    /// Whether a tag is to be left out.
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
            Token::TagToken(tag) if self.too_deep(tag) => TokenSinkResult::Continue,
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
) -> (Sink::Output, bool) {
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        tokenizer: TokenizerOpts::default(),
    };
    let tokenizer = Tokenizer::new(
        Shallow {
            builder: TreeBuilder::new(sink, options.tree_builder),
            depth: Cell::new(0),
            dropped: Cell::new(0),
            any_dropped: Cell::new(false),
            xhtml,
        },
        options.tokenizer,
    );
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let dropped = tokenizer.sink.any_dropped.get();
    (tokenizer.sink.builder.sink.finish(), dropped)
}

/// Parses `text`; see [`parse_into`].
pub(super) fn parse(text: &str, xhtml: bool) -> (Vec<RawNode>, bool) {
    parse_into(Arena::new(), text, xhtml)
}
