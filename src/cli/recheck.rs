//! `stillsays recheck`: computes every finding again from the stored captures alone.

use clap::Args;
use serde_json::json;

use crate::{
    pipeline::{self, Missed},
    report::Label,
    store::Access,
    text::for_terminal,
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    findings,
    profiles::ProfilesArgs,
    session::{json_text, print},
};

/// Arguments of `recheck`.
#[derive(Args, Debug)]
pub(super) struct RecheckArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// Also read every page again
    #[arg(long)]
    readings: bool,
    /// The output format; json prints the findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl RecheckArgs {
    /// Computes the findings again, and prints how many changed.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let archive = Archive::alone(session, "recheck", Access::ReadWrite)?;
        let (mut tables, mut missed) = (Vec::new(), Vec::new());
        let compared = archive.write(|store| {
            if self.readings {
                store.forget_readings()?;
            }
            let comparing = findings::comparing(session);
            let compared = pipeline::recheck(store, &profiles, &comparing, &mut |_| {})?;
            for (named, it) in profiles.iter().zip(&compared) {
                let on_page = pipeline::missed(store, named, &comparing)?;
                if self.format == Format::Json {
                    let findings = store.findings(&it.profile)?;
                    let on_page: Vec<_> = on_page.iter().map(to_json).collect();
                    tables.push(
                        json!({"profile": it.profile, "changed": it.changed, "findings": findings,
                        "on_page": on_page}),
                    );
                } else {
                    missed.extend(on_page.iter().map(line));
                }
            }
            Ok(compared)
        })?;
        print(&match self.format {
            Format::Json => json_text(&json!({"format": 1, "profiles": tables})),
            Format::Text => {
                let line = |compared: &pipeline::Compared| {
                    let same = if compared.changed {
                        "changed"
                    } else {
                        "unchanged"
                    };
                    format!(
                        "{}: {} findings, {same}",
                        compared.profile,
                        compared.findings.unwrap_or_default()
                    )
                };
                let mut lines: Vec<String> = compared.iter().map(line).collect();
                if !missed.is_empty() {
                    lines.push("rejected, because it is on the page:".to_owned());
                    lines.append(&mut missed);
                }
                for_terminal(&lines.join("\n"))
            }
        })?;
        Ok(Exit::Done)
    }
}

/// `still missed: 0123456789ab absent: Quillmoor Trust, “the Quillmoor Trust” is in the text, https://… 2026-03-01`.
fn line(missed: &Missed) -> String {
    let about = &missed.decided.about;
    let state = if missed.still {
        "still missed"
    } else {
        "read now"
    };
    let words = missed.decided.review.terms.words.as_ref().map(|words| {
        let place = match missed.in_text {
            Some(true) => "is in the text",
            Some(false) => "is not in the text that was read",
            None => "",
        };
        format!(", “{}” {place}", words.exact)
    });
    let page = about.evidence.first().map(|evidence| {
        let date = evidence.capture.date.format("%Y-%m-%d");
        format!(", {} {date}", evidence.capture.target_uri)
    });
    format!(
        "  {state}: {} {}: {}{}{}",
        about.id,
        Label::of(about).words(),
        about.subject.words().unwrap_or("the list"),
        words.unwrap_or_default(),
        page.unwrap_or_default()
    )
}

fn to_json(missed: &Missed) -> serde_json::Value {
    json!({"finding": missed.decided.about.id, "subject": missed.decided.about.subject,
        "words": missed.decided.review.terms.words, "by": missed.decided.review.by, "still_missed": missed.still,
        "in_text": missed.in_text, "capture": missed.decided.about.evidence.first().map(|evidence| &evidence.capture)})
}
