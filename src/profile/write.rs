//! Writes a profile as the TOML file that people read, correct and keep in git.

use std::fmt::Write;

use super::{Alias, ArchivedCopy, Claim, ListedName, Profile, Reference, Source, Span, Statement};

const HEAD: &str = "\
#:schema profile.schema.json
# A profile for stillsays: an article, the pages it cites, and the claims that rest on them.
# Correct it by hand where the import read the article wrongly, and keep it under version control.
#
#   [[references]]  the cited pages. `accessed` is the day on which an editor read the page; `selector` (a CSS selector)
#                   and `every` (\"12h\", \"7d\" or a cron expression) can be added to any of them.
#   [[claims]]      what rests on them: kind is listed, quoted, figure, relation or stated.
#                   Reviews refer to a claim by its id, so do not change the ids.
#   names           one per line. A line in brackets has words whose commas do not show whether they are
#                   one name or several; the page decides.
";

impl Profile {
    /// The profile as TOML; reading it gives the same profile.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::from(HEAD);
        out.push('\n');
        line(&mut out, "format", &self.format.to_string());
        text(&mut out, "title", &self.title);
        maybe(&mut out, "kind", self.kind.as_deref());
        maybe(&mut out, "project_of", self.project_of.as_deref());
        maybe(&mut out, "article", self.article.as_deref());
        maybe(&mut out, "every", self.every.as_deref());
        if self.watch {
            line(&mut out, "watch", "true");
        }
        if let Some(source) = &self.source {
            write_source(&mut out, source);
        }
        for reference in &self.references {
            write_reference(&mut out, reference);
        }
        for claim in &self.claims {
            write_claim(&mut out, claim);
        }
        for alias in &self.aliases {
            write_alias(&mut out, alias);
        }
        out
    }
}

fn write_reference(out: &mut String, reference: &Reference) {
    out.push_str("\n[[references]]\n");
    line(out, "number", &reference.number.to_string());
    maybe(out, "author", reference.author.as_deref());
    maybe(out, "title", reference.title.as_deref());
    maybe(out, "publisher", reference.publisher.as_deref());
    for (key, date) in [
        ("published", reference.published),
        ("accessed", reference.accessed),
    ] {
        if let Some(date) = date {
            line(out, key, &date.to_string());
        }
    }
    maybe(out, "url", reference.url.as_deref());
    maybe(out, "fragment", reference.fragment.as_deref());
    maybe(out, "selector", reference.selector.as_deref());
    maybe(out, "every", reference.every.as_deref());
    if !reference.archived.is_empty() {
        let copies: Vec<String> = reference.archived.iter().map(copy).collect();
        line(out, "archived", &format!("[{}]", copies.join(", ")));
    }
    if let Some(bytes) = reference.bytes {
        line(out, "bytes", &span(bytes));
    }
}

fn copy(copy: &ArchivedCopy) -> String {
    let date = copy
        .date
        .map_or(String::new(), |date| format!(", date = {date}"));
    format!("{{ url = {}{date} }}", quoted(&copy.url))
}

fn span(span: Span) -> String {
    format!("[{}, {}]", span.start, span.end)
}

fn write_source(out: &mut String, source: &Source) {
    out.push_str("\n[source]\n");
    text(out, "file", &source.file);
    text(out, "digest", &source.digest);
    text(out, "form", &source.form);
    text(out, "charset", &source.charset);
    maybe(out, "revision", source.revision.as_deref());
}

fn write_claim(out: &mut String, claim: &Claim) {
    out.push_str("\n[[claims]]\n");
    text(out, "id", &claim.id);
    let kind = match claim.statement {
        Statement::Listed { .. } => "listed",
        Statement::Quoted { .. } => "quoted",
        Statement::Figure { .. } => "figure",
        Statement::Relation { .. } => "relation",
        Statement::Stated { .. } => "stated",
    };
    text(out, "kind", kind);
    let cites: Vec<String> = claim.cites.iter().map(u32::to_string).collect();
    line(out, "cites", &format!("[{}]", cites.join(", ")));
    maybe(out, "section", claim.section.as_deref());
    maybe(out, "place", claim.place.as_deref());
    maybe(out, "sentence", claim.sentence.as_deref());
    if let Some(bytes) = claim.bytes {
        line(out, "bytes", &span(bytes));
    }
    if !claim.spans.is_empty() {
        let spans: Vec<String> = claim.spans.iter().map(|it| span(*it)).collect();
        line(out, "spans", &format!("[{}]", spans.join(", ")));
    }
    match &claim.statement {
        Statement::Listed {
            relation,
            names,
            complete,
        } => {
            maybe(out, "relation", relation.as_deref());
            if let Some(complete) = complete {
                line(out, "complete", &complete.to_string());
            }
            write_names(out, names);
        }
        Statement::Quoted { exact } | Statement::Figure { exact } | Statement::Stated { exact } => {
            text(out, "exact", exact);
        }
        Statement::Relation {
            subject,
            relation,
            object,
        } => {
            text(out, "subject", subject);
            text(out, "relation", relation);
            text(out, "object", object);
        }
    }
}

fn write_names(out: &mut String, names: &[ListedName]) {
    out.push_str("names = [\n");
    for name in names {
        match name {
            ListedName::One(name) => {
                let _ = writeln!(out, "    {},", quoted(name));
            }
            ListedName::Ambiguous(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
                let _ = writeln!(
                    out,
                    "    [{}], # one name or several: the page decides",
                    parts.join(", ")
                );
            }
        }
    }
    out.push_str("]\n");
}

fn write_alias(out: &mut String, alias: &Alias) {
    out.push_str("\n[[aliases]]\n");
    text(out, "name", &alias.name);
    text(out, "other", &alias.other);
    line(out, "same", if alias.same { "true" } else { "false" });
}

fn line(out: &mut String, key: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{key} = {value}");
}

fn text(out: &mut String, key: &str, value: &str) {
    line(out, key, &quoted(value));
}

fn maybe(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        text(out, key, value);
    }
}

/// A basic string (TOML 1.0, "String"): quotes, backslashes and control characters escaped.
fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
