//! A digest as plain text, and the cleaning that makes text from pages harmless in every form.

use super::digest::{Change, Cited, Digest};
use crate::text::{is_invisible, one_line};

/// The most characters of words from a page in one place of a message.
pub(super) const LONGEST: usize = 240;

/// Text from a page for a message: one line without control, direction and invisible characters, and not too long.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let spaced: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .filter(|letter| !is_invisible(*letter) && !is_odd(*letter))
        .collect();
    let line = one_line(&spaced);
    if line.chars().count() <= longest {
        return line;
    }
    let kept: String = line.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Isolates, line and paragraph separators, tags, and code points that are not characters.
fn is_odd(letter: char) -> bool {
    matches!(letter,
        '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{206f}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// One line about a change, as every form shows it. All text is clean, and nothing is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The first: the verdict in one word, and what it is about.
    Head { label: String, what: String },
    /// Text after a word of the program, or alone.
    Text { lead: String, text: String },
    /// An address of the web.
    Link { lead: &'static str, address: String },
}

/// The lines about a change.
pub(super) fn lines(change: &Change) -> Vec<Line> {
    let text = |lead: &str, text: String| Line::Text {
        lead: lead.to_owned(),
        text,
    };
    let mut lines = vec![
        Line::Head {
            label: change.label(),
            what: clean(&change.what, LONGEST),
        },
        text("", clean(&change.said, LONGEST)),
    ];
    for (name, words) in [("then", &change.then), ("now", &change.now)] {
        if let Some(words) = words {
            let lead = format!("{name} ({})", words.date.format("%Y-%m-%d"));
            lines.push(text(&lead, clean(&words.text, LONGEST)));
        }
    }
    lines.push(link("page", &clean(&change.page, LONGEST_ADDRESS)));
    if !change.cited.is_empty() {
        lines.push(text("cited by", titles(&change.cited)));
    }
    let first = change.cited.first();
    match first.map(|cited| (&cited.link, &cited.finding)) {
        // Of good news, there is nothing to decide.
        Some((Some(address), _)) if change.weight.is_none() => lines.push(link("see", address)),
        Some((Some(address), _)) => lines.push(link("decide", address)),
        Some((None, Some(finding))) => {
            lines.push(text("decide", format!("stillsays review {finding}")));
        }
        _ => {}
    }
    lines
}

/// The longest address that is shown.
const LONGEST_ADDRESS: usize = 500;

/// A link; text if the address contains characters that could end it early, or is not an address of the web.
fn link(lead: &'static str, address: &str) -> Line {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    if is_web && !address.contains(['<', '>', '|', ' ', '"', '\'', '…', '`', '\\']) {
        let address = address.to_owned();
        return Line::Link { lead, address };
    }
    Line::Text {
        lead: lead.to_owned(),
        text: address.to_owned(),
    }
}

/// The titles of some of the articles.
fn titles(cited: &[Cited]) -> String {
    let titles: Vec<String> = cited
        .iter()
        .take(5)
        .map(|cited| clean(&cited.title, 80))
        .collect();
    match cited.len().saturating_sub(titles.len()) {
        0 => titles.join("; "),
        more => format!("{}; and {more} more", titles.join("; ")),
    }
}

/// The longest text that `render` makes of the first changes and that fits into `most` bytes; `render` gets the changes and how many are left out.
pub(super) fn fitting(
    digest: &Digest,
    most: usize,
    render: &dyn Fn(&[Change], usize) -> String,
) -> String {
    let all = digest.changes.as_slice();
    let mut shown = all.len().min(MOST);
    loop {
        let some = all.get(..shown).unwrap_or_default();
        let text = render(some, all.len() - shown + digest.left);
        if text.len() <= most || shown == 0 {
            return text;
        }
        shown -= 1;
    }
}

/// The most changes in one message.
const MOST: usize = 25;

/// A digest as plain text, no longer than `most` bytes.
pub(super) fn text(digest: &Digest, most: usize) -> String {
    fitting(digest, most, &|changes, more| {
        let mut blocks: Vec<String> = changes.iter().map(block).collect();
        if more > 0 {
            blocks.push(left(digest, more));
        }
        blocks.join("\n\n") + "\n"
    })
}

/// `and 3 more: https://desk.example.org/`.
pub(super) fn left(digest: &Digest, more: usize) -> String {
    match &digest.site {
        Some(site) => format!("and {more} more: {site}"),
        None => format!("and {more} more: `stillsays report` shows all"),
    }
}

fn block(change: &Change) -> String {
    let lines = lines(change).into_iter().map(|line| match line {
        Line::Head { label, what } => format!("{label}: {what}"),
        Line::Text { lead, text } if lead.is_empty() => format!("  {text}"),
        Line::Text { lead, text } => format!("  {lead}: {text}"),
        Line::Link { lead, address } => format!("  {lead}: {address}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_pages_is_one_line_without_anything_that_is_obeyed() {
        let hostile = "A\u{1b}[31m\r\nBcc: x@y\u{202e}evil\u{200b} \u{2066}z\u{e0041}\0";
        assert_eq!(clean(hostile, 100), "A [31m Bcc: x@yevil z");
        assert_eq!(clean("äöüß", 3), "äö…");
        assert_eq!(clean("äöü", 3), "äöü");
    }
}
