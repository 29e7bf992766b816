//! Where an article comes from: a file, an address, a wiki.

use std::path::{Path, PathBuf};

use url::Url;

use crate::{
    article::{self, Import},
    config::WikiSettings,
    fetch,
    media_type::MediaType,
};

use super::unreadable;
use crate::cli::{Failure, Session, fetching, page::read_bytes, run::runtime};

/// The bytes of an article, and what is known about them.
pub(super) struct Origin {
    /// The file or address that the person gave.
    pub(super) name: String,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    media_type: Option<MediaType>,
    path: Option<String>,
    address: Option<String>,
    /// Whether a wiki returned it as the HTML of a revision.
    wiki: bool,
}

/// Whether a text is a web address.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

impl Origin {
    /// Reads a file, stdin, or an address; addresses pass the same guard as every visit.
    pub(super) fn read(
        session: &Session,
        article: &str,
        address: Option<&str>,
    ) -> Result<Self, Failure> {
        if is_address(article) {
            return Self::from_web(session, article, address);
        }
        let bytes = read_bytes(Path::new(article))?;
        Ok(Self {
            name: article.to_owned(),
            bytes,
            media_type: None,
            path: (article != "-").then(|| article.to_owned()),
            address: address.map(str::to_owned),
            wiki: false,
        })
    }

    fn from_web(session: &Session, article: &str, address: Option<&str>) -> Result<Self, Failure> {
        let settings = &session.config.settings;
        let options = fetching::options(&settings.fetch)?;
        let wiki = rest_address(article, &settings.wiki);
        let asked = wiki.as_deref().unwrap_or(article);
        let downloaded = runtime()?
            .block_on(fetch::download(asked, &options))
            .map_err(|it| {
                let error = anyhow::Error::from(it);
                Failure::usage(error.context(format!("{article} cannot be imported")))
                    .hint("save the page in a browser, and import the file with --article-url")
            })?;
        let own = if wiki.is_some() {
            article.to_owned()
        } else {
            downloaded.final_uri.to_string()
        };
        Ok(Self {
            name: article.to_owned(),
            path: Some(downloaded.final_uri.as_url().path().to_owned()),
            media_type: Some(downloaded.media_type),
            bytes: downloaded.body,
            address: Some(address.map_or(own, str::to_owned)),
            wiki: wiki.is_some(),
        })
    }

    /// Turns the article into a profile.
    pub(super) fn import(&self) -> Result<Import, Failure> {
        let mut import = article::read(
            &self.bytes,
            self.media_type.as_ref(),
            self.path.as_deref(),
            self.address.as_deref(),
        )
        .map_err(|it| unreadable(&it, &self.name))?;
        if let Some(source) = &mut import.profile.source {
            if is_address(&self.name) {
                source.file.clone_from(&self.name);
            }
            if self.wiki {
                source.revision = revision(&self.bytes);
            }
        }
        Ok(import)
    }
}

/// The address at which a wiki returns the HTML of the current revision of an article.
fn rest_address(article: &str, settings: &WikiSettings) -> Option<String> {
    let url = Url::parse(article).ok()?;
    let host = url.host_str()?;
    let known = settings.hosts.iter().any(|it| {
        host == it
            || host
                .strip_suffix(it.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
    });
    let title = url
        .path()
        .strip_prefix("/wiki/")
        .filter(|rest| !rest.is_empty())?;
    let origin = url.origin().ascii_serialization();
    known.then(|| {
        let title = title.replace('/', "%2F");
        settings
            .rest
            .replace("{origin}", &origin)
            .replace("{title}", &title)
    })
}

/// The revision that Parsoid's HTML names: `about="https://…/Special:Redirect/revision/4711"`.
fn revision(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).into_owned();
    let rest = head.split_once("/revision/")?.1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// The articles that the arguments mean: files and addresses, every file of a folder, every line of a list.
pub(super) fn expanded(articles: &[String]) -> Result<(Vec<String>, bool), Failure> {
    let mut all = Vec::new();
    let mut many = articles.len() > 1;
    for article in articles {
        let path = Path::new(article);
        if path.is_dir() {
            many = true;
            all.extend(files_of(path)?);
        } else if let Some(lines) = list_of(path) {
            many = true;
            all.extend(lines);
        } else {
            all.push(article.clone());
        }
    }
    Ok((all, many))
}

fn files_of(folder: &Path) -> Result<Vec<String>, Failure> {
    const ENDINGS: [&str; 9] = [
        "txt",
        "html",
        "htm",
        "xhtml",
        "md",
        "markdown",
        "wiki",
        "wikitext",
        "mediawiki",
    ];
    let entries = std::fs::read_dir(folder).map_err(|source| {
        let error = anyhow::Error::from(source);
        Failure::usage(error.context(format!("{} cannot be read", folder.display())))
            .hint("name a folder of articles, or the articles themselves")
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|it| it.ok().map(|it| it.path()))
        .filter(|it| {
            let ending = it.extension().and_then(|extension| extension.to_str());
            it.is_file()
                && ending.is_some_and(|ending| ENDINGS.contains(&ending))
                && list_of(it).is_none()
        })
        .collect();
    files.sort();
    Ok(files
        .iter()
        .map(|file| file.display().to_string())
        .collect())
}

/// The lines of a text file that names one article on each line: addresses and files; `#` begins a remark. A file that is not there is
/// named as well if another line is one, so that it is reported.
fn list_of(path: &Path) -> Option<Vec<String>> {
    if path.extension()? != "txt" {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|it| !it.is_empty() && !it.starts_with('#'))
        .collect();
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let names_one = |line: &String| is_address(line) || folder.join(line).is_file();
    let may_name_one = |line: &String| names_one(line) || !line.contains(char::is_whitespace);
    let is_list = lines.iter().any(names_one) && lines.iter().all(may_name_one);
    let named = lines.into_iter().map(|line| {
        if is_address(&line) {
            line
        } else {
            folder.join(line).display().to_string()
        }
    });
    is_list.then(|| named.collect())
}
