//! The report as Markdown (CommonMark with GitHub tables), for wikis and issues.

use super::{
    ClaimSection, Counts, Entry, ReferenceSection, Report, Tally, html::web, plain, terminal::safe,
    words,
};
use crate::finding::Evidence;

impl Report {
    /// The report as Markdown; text from pages is escaped.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = Lines::default();
        out.line(&format!(
            "# {} — does the page still say so?",
            escaped(&self.title)
        ));
        let as_of = self.as_of.map_or("never visited".to_owned(), |time| {
            format!("as of {}", words::minute(time))
        });
        let article = self
            .article
            .as_ref()
            .map(|article| format!(", {}", escaped(article)));
        out.line(&format!(
            "Profile {}, {as_of}{}",
            escaped(&self.profile),
            article.unwrap_or_default()
        ));
        out.line(&format!("**{}**", self.counts.sentence()));
        numbers(&mut out, &self.counts);
        if !self.references.is_empty() {
            out.line("## References");
            for section in &self.references {
                reference(&mut out, section);
            }
        }
        if !self.claims.is_empty() {
            out.line("## Claims");
            for section in &self.claims {
                claim(&mut out, section);
            }
        }
        if let Some(rest) = self.part.and_then(|part| part.rest()) {
            out.line(&format!(
                "**{rest}** `{} report --full` prints them.",
                self.command
            ));
        }
        if !self.decided.is_empty() {
            out.line("## Decided");
            for (at, it) in self.decided.iter().enumerate() {
                let line = format!(
                    "- **{}**: {} — {} {} Finding `{}`.",
                    it.word(),
                    escaped(&it.about()),
                    escaped(&it.said),
                    escaped(&it.when()),
                    it.finding.id
                );
                if at == 0 {
                    out.line(&line);
                } else {
                    out.more(&line);
                }
            }
        }
        out.text
    }
}

/// Blocks separated by empty lines.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    /// A block of its own.
    fn line(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.more(text);
    }

    /// A line of the same block.
    fn more(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }
}

fn numbers(out: &mut Lines, counts: &Counts) {
    let rows = [
        ("decisions", counts.decisions()),
        ("verdicts", tally(&counts.verdicts)),
        ("references", tally(&counts.fates)),
    ];
    let mut rows = rows.iter().filter(|row| !row.1.is_empty()).peekable();
    if rows.peek().is_some() {
        out.line("| | |");
        out.more("|---|---|");
    }
    for (name, text) in rows {
        out.more(&format!("| {name} | {text} |"));
    }
}

fn tally(tally: &Tally) -> String {
    let parts = tally.some();
    let parts = parts.map(|(label, number)| format!("{} {number}", label.words()));
    parts.collect::<Vec<_>>().join(" · ")
}

fn reference(out: &mut Lines, reference: &ReferenceSection) {
    out.line(&format!(
        "### \\[{}\\] {}",
        reference.number,
        escaped(&reference.title)
    ));
    let mut about = reference.imprint();
    if let Some(address) = &reference.address {
        if !about.is_empty() {
            about.push_str(" · ");
        }
        about.push_str(address);
    }
    if !about.is_empty() {
        out.line(&escaped(&about));
    }
    out.line(&format!(
        "- **{}**: {}",
        reference.label.words(),
        sentence(&reference.said, &reference.since)
    ));
    if !reference.advice.is_empty() {
        out.more(&format!("- To do: {}", escaped(&reference.advice)));
    }
    if let Some(visit) = reference.last_visit() {
        let payload = visit
            .payload_digest
            .map(|payload_digest| format!(", payload `{}`", payload_digest.short()));
        out.more(&format!(
            "- Last visit {}: {}{}",
            words::minute(visit.date),
            escaped(&visit.outcome),
            payload.unwrap_or_default()
        ));
    }
    if !reference.claims.is_empty() {
        out.more(&format!(
            "- Claims: {}",
            escaped(&reference.claims.join(", "))
        ));
    }
    if let Some(entry) = reference.entry.as_ref().filter(|entry| !entry.is_settled()) {
        out.more(&foot(entry));
    }
}

fn claim(out: &mut Lines, claim: &ClaimSection) {
    let cites = plain::cited(claim, " \\[", "\\]");
    out.line(&format!("### {}{cites}", escaped(&claim.heading())));
    let place = claim.whereabouts();
    let comma = if place.is_empty() { "" } else { ", " };
    out.line(&format!(
        "Claim {}{comma}{}",
        escaped(&claim.name()),
        escaped(&place)
    ));
    for sentence in claim.muted() {
        out.line(&escaped(&sentence));
    }
    let marked = claim.marked_sentence().into_iter().map(|(words, mark)| {
        if mark {
            format!("**{}**", escaped(words))
        } else {
            escaped(words)
        }
    });
    let marked: String = marked.collect();
    if !marked.is_empty() {
        out.line(&format!("> {marked}"));
    }
    let named = !claim.several;
    let (settled, rest): (Vec<&Entry>, Vec<&Entry>) =
        claim.entries.iter().partition(|entry| entry.is_settled());
    for entry in rest {
        out.line(&headline(
            entry,
            named,
            &sentence(&entry.said, &entry.since),
        ));
        if !entry.advice.is_empty() {
            out.more(&format!("  - To do: {}", escaped(&entry.advice)));
        }
        for claim in &entry.finding.evidence {
            out.more(&evidence(claim, entry.is_current(claim)));
        }
        out.more(&format!("  {}", foot(entry)));
    }
    for (at, entry) in settled.iter().enumerate() {
        let copy = entry
            .finding
            .evidence
            .first()
            .map(|evidence| format!(" ({})", linked(evidence, entry.is_current(evidence))));
        let line = headline(entry, named, &escaped(&entry.said));
        let line = format!("{line}{}", copy.unwrap_or_default());
        if at == 0 {
            out.line(&line);
        } else {
            out.more(&line);
        }
    }
    if claim.entries.is_empty() {
        out.line("Not compared yet.");
    }
    if let Some(text) = claim.left_out() {
        out.line(&text);
    }
}

fn headline(entry: &Entry, named: bool, said: &str) -> String {
    let label = entry.label.words();
    if named {
        format!("- **{label}**: {said}")
    } else {
        format!("- **{label}**: **{}** — {said}", escaped(&entry.subject))
    }
}

fn evidence(evidence: &Evidence, is_current: bool) -> String {
    let words = evidence.quote.as_ref().map(|quote| {
        format!(
            "{}**{}**{} ",
            around(&words::lead(&quote.prefix)),
            around(quote.exact.trim()),
            around(&words::trail(&quote.suffix))
        )
    });
    let note = evidence
        .note
        .as_ref()
        .map(|note| format!(", {}", escaped(note)));
    format!(
        "  - {}({}{})",
        words.unwrap_or_default(),
        linked(evidence, is_current),
        note.unwrap_or_default()
    )
}

/// The capture under a finding, with a link that opens a browser at the words, where the page still says them.
fn linked(evidence: &Evidence, is_current: bool) -> String {
    let copy = plain::copy(evidence);
    if !is_current {
        return copy;
    }
    let address = evidence.link.as_deref().and_then(web);
    // In angle brackets, a destination can contain anything but these three (CommonMark 0.31, 6.3).
    match address.unwrap_or(evidence.capture.target_uri.as_str()) {
        evidence if evidence.contains(['<', '>', '\n', '\\']) => copy,
        address => format!("[{copy}](<{address}>)"),
    }
}

fn foot(entry: &Entry) -> String {
    let reviewed = plain::standing(entry).map(|standing| format!(", {}", escaped(&standing)));
    let sure = plain::sureness(entry).map(|sureness| format!(", {sureness}"));
    format!(
        "- Finding `{}`{}{}",
        entry.finding.id,
        sure.unwrap_or_default(),
        reviewed.unwrap_or_default()
    )
}

fn sentence(said: &str, since: &str) -> String {
    escaped(&format!("{said} {since}")).trim_end().to_owned()
}

/// Text escaped so that Markdown reads it as text: not as markup, a tag, an entity, a link, the edge of a table or, at the
/// beginning of a block, a heading or a list.
fn escaped(text: &str) -> String {
    let text = safe(text);
    let mut out = String::with_capacity(text.len());
    let number = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let item = number.len() < text.len() && number.starts_with(['.', ')']);
    let mut start = true;
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            '#' | '-' | '+' | '=' if start => {
                out.push('\\');
                out.push(letter);
            }
            '.' | ')' if item && start => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
        start &= item && letter.is_ascii_digit();
    }
    out
}

/// The words around a quotation; blocks are separated by dots.
fn around(text: &str) -> String {
    escaped(&plain::around(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_pages_is_not_markup() {
        insta::assert_snapshot!(
            escaped("<img src=x onerror=alert(1)> **bold** [a](javascript:b) | `c` &lt;"),
            @r"&lt;img src=x onerror=alert(1)&gt; \*\*bold\*\* \[a\](javascript:b) \| \`c\` &amp;lt;"
        );
        assert_eq!(escaped("one\n# two"), "one # two");
        assert_eq!(escaped("# one"), r"\# one");
        assert_eq!(escaped("12. one. two"), r"12\. one. two");
    }
}
