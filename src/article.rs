//! An article as it is written (plain text, HTML, Markdown), read into a profile.

use crate::{
    language::Language,
    media_type::MediaType,
    profile::{Claim, Profile, Reference, Remark, lint},
    text::is_invisible,
};

mod anchor;
mod citation;
mod claims;
mod coverage;
mod fields;
mod figure;
mod html;
mod legible;
mod list;
mod markdown;
mod marker;
mod name;
mod plain;
mod quotation;
mod reference;
mod relation;
mod role;
mod source;
mod split;
mod wikitext;
mod words;

pub use coverage::{Coverage, Loss};
pub use source::{Place, SourceText};

/// Why an article cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArticleError {
    /// The article has no text.
    #[error("the article is empty")]
    Empty,
    /// The article has text, but neither references nor cited sentences.
    #[error("no paragraph of an article was found among its {lines} lines")]
    NoProse {
        /// How many lines were looked at.
        lines: usize,
    },
}

/// How an article is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text without markup.
    Plain,
    /// HTML of an encyclopedia or another site.
    Html,
    /// Markdown with footnotes.
    Markdown,
    /// The source text of a wiki, with `<ref>`.
    Wikitext,
}

/// What was read of an article.
#[derive(Clone, Debug)]
pub struct Import {
    /// The profile.
    pub profile: Profile,
    /// What a person should look at before using it: how it was read, then the findings of `profile lint`.
    pub remarks: Vec<Remark>,
    /// How much of the article is in the profile, and what is not.
    pub coverage: Coverage,
}

/// A paragraph or list item without its markers.
#[derive(Clone, Debug, Default)]
struct Block {
    section: Option<String>,
    /// 1 for the article's first.
    paragraph: u32,
    text: String,
    markers: Vec<marker::Marker>,
    kind: Kind,
}

/// What a block of an article is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// A paragraph.
    #[default]
    Prose,
    /// An item of a list, a cell of a table.
    Item,
    /// The kind of the items after it.
    Label,
    /// A quotation that is set apart.
    Quote,
}

/// Markers, or what looks like names, in places where no claim is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Skipped {
    /// `a heading`, `a table`.
    place: String,
    /// The text there.
    text: String,
    /// The markers; none where the text looks like names.
    numbers: Vec<u32>,
}

/// The parts of an article, the same for all formats.
#[derive(Clone, Debug, Default)]
struct Article {
    title: String,
    kind: Option<String>,
    project_of: Option<String>,
    address: Option<String>,
    language: Option<&'static Language>,
    blocks: Vec<Block>,
    references: Vec<Reference>,
    /// The text of each entry, before it was divided into fields.
    entries: Vec<(u32, String)>,
    skipped: Vec<Skipped>,
    /// Labels of notes that explain without citing anything.
    explained: Vec<String>,
    remarks: Vec<Remark>,
}

impl Article {
    /// Takes a reference in.
    fn enter(&mut self, entry: reference::Entry, text: &str) {
        self.entries.push((entry.reference.number, text.to_owned()));
        self.references.push(entry.reference);
        self.remarks.extend(entry.remarks);
    }

    /// Notes markers in places that are not read.
    fn skip(&mut self, place: &str, text: &str, markers: &[marker::Marker]) {
        if !markers.is_empty() {
            self.skipped.push(Skipped {
                place: place.to_owned(),
                text: text.to_owned(),
                numbers: markers.iter().map(|marker| marker.number).collect(),
            });
        }
    }
}

/// The language of an article: the one its page declares where its words do not speak against it.
fn language_of(declared: Option<&str>, raw: &[plain::Raw]) -> Option<&'static Language> {
    let text: Vec<&str> = raw.iter().map(|it| it.text.as_str()).collect();
    let text = text.join(" ");
    let declared = declared.and_then(Language::of_code);
    declared
        .filter(|declared| declared.speaks(&text))
        .or_else(|| Language::of_text(&text))
        .or(declared)
}

impl Form {
    /// Its name, as a profile's `[source]` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Wikitext => "wikitext",
        }
    }

    /// The form of a text: by its media type or file name if they name one, else by its own marks.
    #[must_use]
    pub fn of(text: &str, media_type: Option<&MediaType>, path: Option<&str>) -> Self {
        let extension = path
            .and_then(|path| path.rsplit_once('.'))
            .map_or("", |pair| pair.1);
        if media_type.is_some_and(MediaType::is_html)
            || matches!(extension, "html" | "htm" | "xhtml")
        {
            return Self::Html;
        }
        let essence = media_type.map_or("", |it| it.essence.as_str());
        if matches!(extension, "md" | "markdown") || essence == "text/markdown" {
            return Self::Markdown;
        }
        if matches!(extension, "wiki" | "wikitext" | "mediawiki") || essence == "text/x-wiki" {
            return Self::Wikitext;
        }
        let head = text.trim_start().get(..200).unwrap_or(text).to_lowercase();
        if head.starts_with("<!doctype html") || head.starts_with("<html") || head.contains("<body")
        {
            return Self::Html;
        }
        let braces = text.contains("{{") && text.contains("}}");
        let noted = text.contains("</ref>") || text.contains("<ref ");
        if (noted && (braces || text.contains("[[")))
            || (text.contains("[[") && text.contains("'''"))
        {
            return Self::Wikitext;
        }
        if text.contains("</p>") || text.contains("</div>") {
            return Self::Html;
        }
        if text.contains("[^") && text.contains("]:") {
            return Self::Markdown;
        }
        Self::Plain
    }
}

/// Reads an article; `path` is its file name or address, `media_type` the one that the server sent.
///
/// # Errors
/// An article without text or without a paragraph.
pub fn read(
    bytes: &[u8],
    media_type: Option<&MediaType>,
    path: Option<&str>,
    address: Option<&str>,
) -> Result<Import, ArticleError> {
    let source = SourceText::of(bytes, media_type, path);
    let article = take_apart(&source.text, source.form, address)?;
    let mut import = assemble(&article);
    anchor::place(
        &mut import.profile,
        &article.blocks,
        &article.entries,
        &source,
    );
    import.profile.source = path.map(|path| source.source(file_name(path)));
    if source.had_errors {
        let remark = Remark::warning(
            "article",
            &format!("some of its bytes are not characters of {}", source.charset),
            "save it as UTF-8 and import it again",
        );
        import.remarks.insert(0, remark);
    }
    Ok(import)
}

/// Reads an article's text.
///
/// # Errors
/// An article without text or without a paragraph.
pub fn read_text(text: &str, form: Form, address: Option<&str>) -> Result<Import, ArticleError> {
    take_apart(text, form, address).map(|take_apart| assemble(&take_apart))
}

/// A path as it may be stored: relative to the folder of the import, or else its last part; an address stays
/// whole.
fn file_name(path: &str) -> &str {
    let path = path.strip_prefix("./").unwrap_or(path);
    let leads_out = path.starts_with('/') || path.split('/').any(|part| part == "..");
    if path.contains("://") || !(leads_out || path.contains('\\')) {
        return path;
    }
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn take_apart(text: &str, form: Form, address: Option<&str>) -> Result<Article, ArticleError> {
    let text: String = text
        .chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| match character {
            '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' => ' ',
            other => other,
        })
        .collect();
    if text.trim().is_empty() {
        return Err(ArticleError::Empty);
    }
    let mut article = match form {
        Form::Html => html::read(&text),
        Form::Markdown => markdown::read(&text),
        Form::Plain => plain::read(&text),
        Form::Wikitext => wikitext::read(&text),
    };
    if article.blocks.is_empty() {
        return Err(ArticleError::NoProse {
            lines: text.lines().count(),
        });
    }
    if let Some(address) = address {
        article.address = Some(address.to_owned());
    }
    Ok(article)
}

/// Puts the profile together and lists what a person should look at.
fn assemble(article: &Article) -> Import {
    let (mut claims, mut coverage) = claims::read(article);
    let mut remarks = article.remarks.clone();
    coverage.missing_notes = dangling(article, &mut claims, &mut remarks);
    let profile = Profile {
        format: 1,
        title: article.title.clone(),
        kind: article.kind.clone(),
        project_of: article.project_of.clone(),
        article: article.address.clone(),
        references: article.references.clone(),
        claims,
        ..Profile::default()
    };
    for remark in lint(&profile) {
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    Import {
        profile,
        remarks,
        coverage,
    }
}

/// Removes numbers without a reference from the claims, with a remark; returns the numbers, ascending.
fn dangling(article: &Article, claims: &mut [Claim], remarks: &mut Vec<Remark>) -> Vec<u32> {
    let known = |number: &u32| {
        article
            .references
            .iter()
            .any(|reference| reference.number == *number)
    };
    for claim in claims.iter_mut() {
        claim.cites.retain(known);
    }
    let mut missing = Vec::new();
    for block in &article.blocks {
        for marker in block.markers.iter().filter(|marker| !known(&marker.number)) {
            missing.push(marker.number);
            let remark = Remark::warning(
                &format!("paragraph {}", block.paragraph),
                &format!(
                    "cites reference {}, which the article does not have",
                    marker.number
                ),
                "add the reference to the profile and its number to the claims that rest on it",
            );
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
    }
    missing.sort_unstable();
    missing.dedup();
    missing
}
