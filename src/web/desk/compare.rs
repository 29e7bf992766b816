//! `/compare/FROM/TO/URI`: what changed in the text of a page between two copies.

use askama::Template;

use super::{
    mast::{self, Mast},
    nothing,
    sides::minute,
};
use crate::{
    clock::{Instant, digits14, parse_digits14},
    memento::target_of,
    report::{DatedText, PageDiff},
    store::{Dated, StoreError},
    web::{Answer, Origins, Request, Web, form::Form},
};

/// Two copies of a page compared.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/compare.html")]
struct Page {
    mast: Mast,
    address: String,
    captures: String,
    from: (String, String),
    to: (String, String),
    same: bool,
    diff: String,
}

/// What changed between two copies; a form names them with `from` and `to`, a link in its path.
pub(in crate::web) fn compare(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let rest = request.path.strip_prefix("/compare/").unwrap_or_default();
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    if let (Some(from), Some(to)) = (form.first("from"), form.first("to"))
        && parse_digits14(from).is_some()
        && parse_digits14(to).is_some()
    {
        return Ok(Answer::redirect(&format!("/compare/{from}/{to}/{rest}")));
    }
    let mut parts = rest.splitn(3, '/');
    let dates = (
        parts.next().and_then(parse_digits14),
        parts.next().and_then(parse_digits14),
    );
    let address = parts.next().map(|part| request.with_query(part));
    let address = address.and_then(|address| target_of(&address).ok());
    let ((Some(from), Some(to)), Some(address)) = (dates, address) else {
        return Ok(nothing(
            "write /compare/DATE/DATE/ADDRESS",
            (request, origins),
        ));
    };
    let mut copies = web.options.store.dated(&address.surt())?;
    copies.retain(|copy| copy.failure.is_none() && copy.asked.is_none());
    let nearest = |at: Instant| copies.iter().min_by_key(|copy| (copy.date - at).abs());
    let Some((old, new)) = nearest(from).zip(nearest(to)) else {
        return Ok(nothing("there is no copy of this page", (request, origins)));
    };
    let texts = (web.text_of(old)?, web.text_of(new)?);
    let with_text = |copy: &Dated, text| DatedText {
        date: copy.date,
        payload_digest: copy.payload_digest,
        text,
    };
    let diff = PageDiff::of(&with_text(old, &texts.0), &with_text(new, &texts.1), 3);
    let view = |dated: &Dated| {
        (
            minute(dated.date),
            format!("/view/{}/{}", digits14(dated.date), dated.target_uri),
        )
    };
    let now = web.now()?;
    let page = Page {
        captures: format!("/captures/{address}"),
        address: address.to_string(),
        from: view(old),
        to: view(new),
        same: diff.hunks.is_empty(),
        diff: diff.to_html(),
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}
