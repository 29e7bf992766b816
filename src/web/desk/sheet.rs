//! `/p/PROFILE/edits`: the editor's sheet. What to change in the article, ready to paste; nothing is changed by itself.

use askama::Template;

use super::{
    cites::profile_href,
    done::{Done, done},
    mast::{self, Mast},
    named, nothing,
};
use crate::{
    edit::{Dates, Edit, FORMS, State, patched, unified},
    pipeline::{Named, Proposing, Sheet},
    store::StoreError,
    web::{
        Answer, Origins, Request, Web,
        form::{Form, query},
        room::Now,
        snapshot::stored,
    },
};

/// The sheet.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/sheet.html")]
struct Page {
    mast: Mast,
    title: String,
    profile: String,
    edits: Vec<EditView>,
    /// Whether undecided edits are shown, and the address that shows them or not.
    open: bool,
    other: String,
    dates: Vec<(&'static str, String, bool)>,
    /// The difference of the whole article, and what is left out of it.
    patch: String,
    conflicts: Vec<String>,
    done: Option<Done>,
    back: String,
}

/// An edit with its forms.
struct EditView {
    id: String,
    finding: String,
    seen: i64,
    headline: String,
    /// The references that it is about: the words and the address of each.
    cites: Vec<(String, String)>,
    state: &'static str,
    why: String,
    /// The sentence before and after, as HTML with `del` and `ins`.
    sentence: String,
    forms: Vec<(String, String)>,
    others: Vec<(String, Vec<(String, String)>)>,
    remarks: Vec<String>,
    decided: String,
    is_to_edit: bool,
}

/// The sheet of a profile.
pub(in crate::web) fn sheet(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let Some((named, _)) = named(&now, request) else {
        return Ok(nothing(
            "there is no profile of that name",
            (request, origins),
        ));
    };
    let sheet = of_profile(web, &now, named)?;
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let dates = match form.first("dates") {
        Some("iso") => Some(Dates::Iso),
        Some("mdy") => Some(Dates::MonthFirst),
        Some("dmy") => Some(Dates::DayFirst),
        _ => None,
    };
    let open = form.first("open").is_some();
    let wanted: Vec<Edit> = sheet
        .edits
        .into_iter()
        .filter(|edit| edit.state == State::ToEdit || open && edit.state == State::Open)
        .collect();
    let href = format!("{}/edits", profile_href(&named.name));
    let address = |open: bool, dates: &str| {
        let open = if open { "1" } else { "" };
        let asked = query([("open", open), ("dates", dates)]);
        format!("{href}?{asked}").trim_end_matches('?').to_owned()
    };
    let kept = form.first("dates").unwrap_or_default();
    let (mut patch, mut conflicts) = (String::new(), Vec::new());
    if let Some((about, source)) = named.profile.source.as_ref().zip(sheet.source.as_ref()) {
        let (after, left_out) = patched(&named.profile, source, &wanted);
        patch = String::from_utf8_lossy(&unified(&about.file, source, &after)).into_owned();
        conflicts = left_out
            .iter()
            .map(|left_out| format!("{}: {}", left_out.edit, left_out.why))
            .collect();
    }
    let page = Page {
        title: named.profile.title.clone(),
        profile: profile_href(&named.name),
        edits: wanted
            .iter()
            .map(|wanted| view(wanted, named, (web, &now), dates))
            .collect(),
        open,
        other: address(!open, kept),
        dates: [
            ("as the form writes them", ""),
            ("2022-10-21", "iso"),
            ("October 21, 2022", "mdy"),
            ("21 October 2022", "dmy"),
        ]
        .map(|(words, key)| (words, address(open, key), key == kept))
        .to_vec(),
        patch,
        conflicts,
        done: done(&form, (web, &now), None)?,
        back: address(open, kept),
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}

/// The references that an edit is about: `[2] FAQS`.
fn cites_of(edit: &Edit, named: &Named) -> Vec<(String, String)> {
    let href = profile_href(&named.name);
    let numbers = edit.references.iter();
    let cites = numbers.map(|number| {
        let reference = named.profile.reference(*number);
        let title = reference
            .and_then(|it| it.title.clone())
            .unwrap_or_default();
        let words = format!("[{number}] {title}").trim_end().to_owned();
        (words, format!("{href}/references/{number}"))
    });
    cites.collect()
}

fn view(edit: &Edit, named: &Named, (web, now): (&Web, &Now), dates: Option<Dates>) -> EditView {
    let today = web.today();
    let html = FORMS.iter().find(|it| it.name() == "html");
    let sentence = edit.sentence.as_ref().zip(edit.after.as_ref());
    let sentence = sentence.zip(html);
    let finding = edit.findings.first();
    let item = finding.and_then(|finding| now.desk.item(finding));
    let forms = |edit: &Edit| -> Vec<(String, String)> {
        let forms = FORMS.iter().filter_map(|form| {
            let text = edit.pasted(*form, dates, today)?;
            Some((form.name().to_owned(), text))
        });
        forms.collect()
    };
    let others = edit.alternatives.iter().map(|other| {
        let other = Edit {
            operation: other.operation.clone(),
            after: other.after.clone(),
            citation: other.citation.clone(),
            ..edit.clone()
        };
        (other.operation.headline(), forms(&other))
    });
    EditView {
        id: edit.id.clone(),
        finding: finding.map_or(String::new(), ToString::to_string),
        seen: item.map_or(0, |item| item.seen),
        headline: edit.operation.headline(),
        cites: cites_of(edit, named),
        state: if edit.state == State::Open {
            "not decided"
        } else {
            "to edit"
        },
        why: edit.why.clone(),
        sentence: sentence.map_or(String::new(), |((before, after), html)| {
            html.sentence(before, after)
        }),
        forms: forms(edit),
        others: others.collect(),
        remarks: edit.remarks.clone(),
        decided: edit.decided.as_ref().map_or(String::new(), |decided| {
            let note = decided
                .note
                .as_ref()
                .map_or(String::new(), |note| format!(": “{note}”"));
            format!("{}, {}{note}", decided.by, super::sides::minute(decided.at))
        }),
        is_to_edit: edit.state == State::ToEdit,
    }
}

/// The sheet of edits of a profile.
pub(in crate::web) fn of_profile(web: &Web, now: &Now, named: &Named) -> Result<Sheet, StoreError> {
    let source = now.source_of(named);
    let options = &web.options;
    let proposing = Proposing {
        comparing: &options.comparing,
        public: &options.public_replay,
        command: &options.command,
    };
    stored(Sheet::of(
        &options.store,
        named,
        &now.decisions,
        source,
        proposing,
    ))
}
