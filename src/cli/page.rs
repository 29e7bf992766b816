//! A page from a file or stdin, read as if it had been archived; uses neither store nor network.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use crate::{
    extract, media_type::MediaType, pipeline::PdfReader, reading::Reading, uri::TargetUri,
};

use super::Failure;

/// The page that `extract` and `check` look at.
#[derive(clap::Args, Debug)]
pub(super) struct PageArgs {
    /// The page: a file, or `-` for stdin
    #[arg(value_name = "PAGE")]
    page: PathBuf,
    /// The address of the page, to resolve its links
    #[arg(long, value_name = "URL")]
    url: Option<TargetUri>,
    /// The media type, if the file name does not show it: text/html, text/plain, application/json …
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// A CSS selector for the list to use
    #[arg(long, value_name = "CSS")]
    pub(super) selector: Option<String>,
}

impl PageArgs {
    /// Reads the page.
    pub(super) fn read(&self) -> Result<Reading, Failure> {
        self.read_file(&self.page)
    }

    /// Reads another copy of the page.
    pub(super) fn read_file(&self, file: &Path) -> Result<Reading, Failure> {
        let body = read_bytes(file)?;
        let media_type = match &self.media_type {
            Some(text) => MediaType::parse(text),
            None => by_ending(file),
        };
        let selectors: Vec<String> = self.selector.iter().cloned().collect();
        let page = extract::Page {
            body: &body,
            media_type: &media_type,
            uri: self.url.as_ref(),
            status: None,
            selectors: &selectors,
        };
        Ok(if extract::is_pdf(&page) {
            extract::read_pdf(&PdfReader::this_program().read(&body))
        } else {
            extract::read(&page)
        })
    }
}

/// Reads all bytes of a file, or of stdin for `-`.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    read.map_err(|source| {
        Failure::usage(
            anyhow::Error::from(source).context(format!("{} cannot be read", path.display())),
        )
        .hint("name a file, or `-` for stdin")
    })?;
    Ok(bytes)
}

fn by_ending(path: &Path) -> MediaType {
    let ending = path.extension().and_then(|extension| extension.to_str());
    MediaType::parse(match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm" | "xhtml") => "text/html",
        Some("txt" | "text" | "md") => "text/plain",
        Some("json") => "application/json",
        Some("xml" | "rss" | "atom") => "application/xml",
        Some("pdf") => "application/pdf",
        _ => "",
    })
}
