//! The files of articles, stored beside the profiles that were read from them, in `sources/`, named by digest.

use std::path::Path;

use crate::{
    article::{self, Coverage, Import},
    digest::PayloadDigest,
    media_type::MediaType,
    pipeline::{kept_source, source_file},
    profile::{Profile, Remark, Source},
};

use crate::cli::{Failure, output::write_whole, run::make_folder_of};

/// Stores the bytes of an article beside the file of its profile.
pub(in crate::cli) fn keep(profile: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let path = source_file(profile, &PayloadDigest::of(bytes).to_string());
    if !path.is_file() {
        make_folder_of(&path)?;
        write_whole(&path, bytes)?;
    }
    Ok(())
}

/// Writes the JSON Schema that the first line of a profile names into the folder of the profile.
pub(super) fn put_schema(profile: &Path) -> Result<(), Failure> {
    let folder = profile.parent().unwrap_or_else(|| Path::new(""));
    let path = folder.join(Profile::SCHEMA_FILE);
    let schema = Profile::schema();
    if std::fs::read(&path).is_ok_and(|it| it == schema.as_bytes()) {
        return Ok(());
    }
    write_whole(&path, schema.as_bytes())?;
    Ok(())
}

/// The article as it was when its profile was made.
pub(super) fn read_again(profile: &Path, source: &Source) -> Option<Import> {
    let bytes = kept_source(profile, source)?;
    let media_type = media_type_of(source);
    article::read(&bytes, Some(&media_type), Some(&source.file), None).ok()
}

/// The media type that selects the form and the charset that a file was read in.
fn media_type_of(source: &Source) -> MediaType {
    let name = match source.form.as_str() {
        "html" => "text/html",
        "markdown" => "text/markdown",
        "wikitext" => "text/x-wiki",
        _ => "text/plain",
    };
    MediaType::parse(&format!("{name}; charset={}", source.charset))
}

/// What the stored article has that the profile does not.
pub(super) fn remarks(file: &Path, profile: &Profile) -> Vec<Remark> {
    let Some(source) = &profile.source else {
        return Vec::new();
    };
    match read_again(file, source) {
        Some(import) => losses(&import.coverage),
        None => vec![Remark::note(
            "source",
            &format!("the article {} is not kept beside the profile", source.file),
            "`stillsays profile update ARTICLE -p NAME` reads it again and keeps it",
        )],
    }
}

/// What was left out of a profile, as remarks.
pub(super) fn losses(coverage: &Coverage) -> Vec<Remark> {
    let hint = "read the place in the article, and add the claim to the profile by hand if a page can confirm it";
    coverage
        .losses()
        .iter()
        .map(|loss| Remark::note("coverage", loss, hint))
        .collect()
}
