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
    pub(super) named: &'a Named,
    pub(super) report: Report,
    pub(super) source: Option<Vec<u8>>,
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

    pub(super) fn heading(&self, form: &dyn Form) -> String {
        let words = format!("{}: {}", self.report.title, self.summary());
        match form.name() {
            "html" => format!("<h1>{}</h1>\n", form.sentence(&words, &words)),
            "wikitext" => format!("== {words} ==\n"),
            _ => format!("# {}\n", form.sentence(&words, &words)),
        }
    }

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
            "source": source.map(|it| json!({ "file": it.file, "digest": it.digest, "form": it.form })),
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
        // Writing to a String does not fail.
        let _ = writeln!(out, "  {label:8}{}", for_terminal(words));
    };
    line("why", &edit.why);
    if let Some((before, after)) = edit.sentence.as_ref().zip(edit.after.as_ref()) {
        line("before", before);
        line("after", after);
    }
    if let Some(it) = &edit.citation {
        line("cite", &text.citation(it, dates, today));
    }
    for it in &edit.alternatives {
        line("or", &alternative(it, text, dates, today));
    }
    for it in &edit.remarks {
        line("note", it);
    }
    if let Some(it) = &edit.decided {
        let note = it
            .note
            .as_ref()
            .map_or(String::new(), |it| format!(": “{it}”"));
        line(
            "decided",
            &format!("by {} on {}{note}", it.by, it.at.format("%Y-%m-%d")),
        );
    }
    out
}

/// An edit in a form to paste from.
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
    if let Some(it) = &edit.citation {
        push(form.citation(it, dates, today));
    }
    for it in edit
        .alternatives
        .iter()
        .filter_map(|it| it.citation.as_ref())
    {
        if Some(it) != edit.citation.as_ref() {
            push(form.citation(it, dates, today));
        }
    }
    out
}

fn alternative(
    it: &Alternative,
    form: &dyn Form,
    dates: Option<Dates>,
    today: NaiveDate,
) -> String {
    let head = it.operation.headline();
    match (&it.after, &it.citation) {
        (Some(after), _) => format!("{head}: {after}"),
        (None, Some(citation)) => format!("{head}: {}", form.citation(citation, dates, today)),
        (None, None) => head,
    }
}

/// The bytes of the article that a profile was read from, where they are kept and whole.
fn source_of(session: &Session, named: &Named) -> Result<Option<Vec<u8>>, Failure> {
    let Some(source) = &named.profile.source else {
        return Ok(None);
    };
    let file = file_of(&session.config.settings.profiles, &named.name)?;
    Ok(kept_source(&file, source))
}
