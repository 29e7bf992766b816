//! An article as it is written (plain text, HTML, Markdown), read into a profile.

use crate::{
    media_type::{self, MediaType},
    profile::{Claim, Profile, Reference, Remark, lint},
    text::is_invisible,
};

mod claims;
mod date;
mod figure;
mod html;
mod list;
mod markdown;
mod marker;
mod name;
mod plain;
mod quotation;
mod reference;
mod relation;
mod role;
mod sentence;
mod split;
mod words;

/// Why an article cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArticleError {
    /// It holds no text.
    #[error("the article is empty")]
    Empty,
    /// It is the source text of a wiki, whose templates are not read.
    #[error("it is the source text of a wiki, which is not read")]
    Wikitext,
    /// It holds text, but neither references nor cited sentences.
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
    /// What a person should look at before trusting it: how it was read, then what `profile lint` says.
    pub remarks: Vec<Remark>,
}

/// A paragraph or list item, markers taken out.
#[derive(Clone, Debug, Default)]
struct Block {
    section: Option<String>,
    /// 1 for the article's first.
    paragraph: u32,
    text: String,
    markers: Vec<marker::Marker>,
    item: bool,
}

/// An article taken apart, whatever it was written in.
#[derive(Clone, Debug, Default)]
struct Article {
    title: String,
    kind: Option<String>,
    project_of: Option<String>,
    address: Option<String>,
    blocks: Vec<Block>,
    references: Vec<Reference>,
    remarks: Vec<Remark>,
}

impl Form {
    /// The form of a text: by its media type or file name where they tell, else by its own marks.
    #[must_use]
    pub fn of(text: &str, media_type: Option<&MediaType>, path: Option<&str>) -> Self {
        let extension = path
            .and_then(|it| it.rsplit_once('.'))
            .map_or("", |it| it.1);
        if media_type.is_some_and(MediaType::is_html)
            || matches!(extension, "html" | "htm" | "xhtml")
        {
            return Self::Html;
        }
        if matches!(extension, "md" | "markdown") {
            return Self::Markdown;
        }
        let head = text.trim_start().get(..200).unwrap_or(text).to_lowercase();
        if head.starts_with("<!doctype html") || head.starts_with("<html") || head.contains("<body")
        {
            return Self::Html;
        }
        if text.contains("</p>") || text.contains("</div>") {
            return Self::Html;
        }
        if text.contains("<ref") || (text.contains("[[") && text.contains("'''")) {
            return Self::Wikitext;
        }
        if text.contains("[^") && text.contains("]:") {
            return Self::Markdown;
        }
        Self::Plain
    }
}

/// Reads an article; `path` is its file name or address, `media_type` what the server said.
///
/// # Errors
/// An article without text or without a paragraph.
pub fn read(
    bytes: &[u8],
    media_type: Option<&MediaType>,
    path: Option<&str>,
    address: Option<&str>,
) -> Result<Import, ArticleError> {
    let declared = media_type.and_then(|it| it.charset.as_deref());
    let decoded = media_type::decode(bytes, declared);
    let form = Form::of(&decoded.text, media_type, path);
    let mut import = read_text(&decoded.text, form, address)?;
    if decoded.had_errors {
        let remark = Remark::warning(
            "article",
            &format!("some of its bytes are no characters of {}", decoded.charset),
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
    let text: String = text
        .chars()
        .filter(|it| !is_invisible(*it))
        .map(|it| match it {
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
        Form::Wikitext => return Err(ArticleError::Wikitext),
    };
    if article.blocks.is_empty() {
        return Err(ArticleError::NoProse {
            lines: text.lines().count(),
        });
    }
    if let Some(address) = address {
        article.address = Some(address.to_owned());
    }
    Ok(assemble(article))
}

/// Puts the profile together and says what a person should look at.
fn assemble(article: Article) -> Import {
    let mut claims = claims::read(&article);
    let mut remarks = article.remarks.clone();
    dangling(&article, &mut claims, &mut remarks);
    let profile = Profile {
        format: 1,
        title: article.title,
        kind: article.kind,
        project_of: article.project_of,
        article: article.address,
        references: article.references,
        claims,
        ..Profile::default()
    };
    for remark in lint(&profile) {
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    Import { profile, remarks }
}

/// Takes numbers that no reference has out of the claims, and says so.
fn dangling(article: &Article, claims: &mut [Claim], remarks: &mut Vec<Remark>) {
    let known = |number: &u32| article.references.iter().any(|it| it.number == *number);
    for claim in claims.iter_mut() {
        claim.cites.retain(known);
    }
    for block in &article.blocks {
        for marker in block.markers.iter().filter(|it| !known(&it.number)) {
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
}
