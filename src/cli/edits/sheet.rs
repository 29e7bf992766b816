//! The sheet of one profile: its edits, printed in each form.

use std::fmt::Write as _;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::file_of;
use crate::{
    cli::{Failure, Session, findings::comparing},
    edit::{Alternative, Dates, Edit, FORMS, Form, State},
    finding::Decisions,
    pipeline::{self, Named, Proposing, kept_source},
    report::Report,
    store::Store,
    text::{counted, for_terminal},
};

/// The sheet of one profile.
pub(super) struct Sheet<'a> {
    /// The profile with its name.
    pub(super) named: &'a Named,
    /// The report behind the edits.
    pub(super) report: Report,
    /// The bytes of the article, if they are stored and unchanged.
    pub(super) source: Option<Vec<u8>>,
    /// The edits.
    pub(super) edits: Vec<Edit>,
}

impl<'a> Sheet<'a> {
    /// The edits of one profile that are `wanted`.
    pub(super) fn of(
        session: &Session,
        store: &Store,
        named: &'a Named,
        decisions: &Decisions,
        wanted: &dyn Fn(&Edit) -> bool,
    ) -> Result<Self, Failure> {
        let comparing = comparing(session);
        let proposing = Proposing {
            comparing: &comparing,
            public: &session.config.settings.cite.public_replay,
            command: &session.program,
        };
        let source = source_of(session, named)?;
        let sheet = pipeline::Sheet::of(store, named, decisions, source, proposing)?;
        let edits = sheet.edits.into_iter();
        Ok(Self {
            named,
            report: sheet.report,
            source: sheet.source,
            edits: edits.filter(|edit| wanted(edit)).collect(),
        })
    }

    /// How many edits wait, as a sentence: `3 edits.`
    pub(super) fn summary(&self) -> String {
        match self.edits.len() {
            0 => "no edit waits.".to_owned(),
            one => format!("{}.", counted(one, "edit", "edits")),
        }
    }

    /// What to do next.
    pub(super) fn next(&self, session: &Session) -> String {
        let command = &session.program;
        let name = &self.named.name;
        match self.edits.first() {
            None => format!(
                "\nDecide `change the article` with `{command} review FINDING accept`, or add --open to see what is not decided.\n"
            ),
            Some(edit) => format!(
                "\nAs a patch of the article: {command} edits -p {name} --format diff\nWhen an edit is made: {command} edits done {}\n",
                edit.id
            ),
        }
    }

    /// The heading of the sheet in a form: the title of the report, and the summary.
    pub(super) fn heading(&self, form: &dyn Form) -> String {
        let words = format!("{}: {}", self.report.title, self.summary());
        match form.name() {
            "html" => format!("<h1>{}</h1>\n", form.sentence(&words, &words)),
            "wikitext" => format!("== {words} ==\n"),
            _ => format!("# {}\n", form.sentence(&words, &words)),
        }
    }

    /// The sheet as JSON, with each edit in every form.
    pub(super) fn json(&self, dates: Option<Dates>, today: NaiveDate) -> Value {
        let edits = self.edits.iter().map(|edit| {
            let mut value = json!(edit);
            let forms = FORMS
                .iter()
                .map(|form| (form.name().to_owned(), edit.pasted(*form, dates, today)));
            let forms = forms.filter_map(|(name, text)| Some((name, Value::from(text?))));
            if let Some(fields) = value.as_object_mut() {
                fields.insert("forms".into(), Value::Object(forms.collect()));
            }
            value
        });
        let source = self.named.profile.source.as_ref();
        json!({
            "format": 1,
            "profile": self.named.name,
            "as_of": self.report.as_of,
            "source": source.map(|source| json!({ "file": source.file, "digest": source.digest, "form": source.form })),
            "edits": edits.collect::<Vec<_>>(),
        })
    }
}

/// An edit for the terminal.
pub(super) fn plain(edit: &Edit, dates: Option<Dates>, today: NaiveDate) -> String {
    let text = FORMS[0];
    let state = if edit.state == State::Open {
        " (not decided)"
    } else {
        ""
    };
    let mut out = format!(
        "\n{}  {}{state}\n",
        edit.id,
        for_terminal(&edit.operation.headline())
    );
    let mut line = |label: &str, words: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {label:8}{}", for_terminal(words));
    };
    line("why", &edit.why);
    if let Some((before, after)) = edit.sentence.as_ref().zip(edit.after.as_ref()) {
        line("before", before);
        line("after", after);
    }
    if let Some(citation) = &edit.citation {
        line("cite", &text.citation(citation, dates, today));
    }
    for it in &edit.alternatives {
        line("or", &alternative(it, text, dates, today));
    }
    for remark in &edit.remarks {
        line("note", remark);
    }
    if let Some(decided) = &edit.decided {
        let note = decided
            .note
            .as_ref()
            .map_or(String::new(), |note| format!(": “{note}”"));
        line(
            "decided",
            &format!(
                "by {} on {}{note}",
                decided.by,
                decided.at.format("%Y-%m-%d")
            ),
        );
    }
    out
}

/// An edit in a form to paste.
pub(super) fn in_form(
    edit: &Edit,
    form: &dyn Form,
    dates: Option<Dates>,
    today: NaiveDate,
) -> String {
    let quoted = |words: &str| form.sentence(words, words);
    let is_html = form.name() == "html";
    let mut out = match form.name() {
        "html" => format!(
            "<h2>{} {}</h2>\n",
            edit.id,
            quoted(&edit.operation.headline())
        ),
        "wikitext" => format!("=== {} {} ===\n", edit.id, edit.operation.headline()),
        _ => format!(
            "\n## {} {}\n\n",
            edit.id,
            quoted(&edit.operation.headline())
        ),
    };
    let mut push = |words: String| {
        let _ = if is_html {
            writeln!(out, "<p>{words}</p>")
        } else {
            writeln!(out, "{words}\n")
        };
    };
    if form.name() != "wikitext" {
        push(quoted(&format!("{}.", edit.why)));
    }
    if let Some((before, after)) = edit.sentence.as_ref().zip(edit.after.as_ref()) {
        push(form.sentence(before, after));
    }
    if let Some(citation) = &edit.citation {
        push(form.citation(citation, dates, today));
    }
    for it in edit
        .alternatives
        .iter()
        .filter_map(|alternative| alternative.citation.as_ref())
    {
        if Some(it) != edit.citation.as_ref() {
            push(form.citation(it, dates, today));
        }
    }
    out
}

fn alternative(
    alternative: &Alternative,
    form: &dyn Form,
    dates: Option<Dates>,
    today: NaiveDate,
) -> String {
    let head = alternative.operation.headline();
    match (&alternative.after, &alternative.citation) {
        (Some(after), _) => format!("{head}: {after}"),
        (None, Some(citation)) => format!("{head}: {}", form.citation(citation, dates, today)),
        (None, None) => head,
    }
}

/// The bytes of the article that a profile was read from; `None` if they are not stored or have changed.
fn source_of(session: &Session, named: &Named) -> Result<Option<Vec<u8>>, Failure> {
    let Some(source) = &named.profile.source else {
        return Ok(None);
    };
    let file = file_of(&session.config.settings.profiles, &named.name)?;
    Ok(kept_source(&file, source))
}
