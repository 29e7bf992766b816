//! Passages quoted in Markdown, and what Obsidian adds to the language, in the form that the text of an article has.

use crate::text::one_line;

/// The lines of a text with each block of `>` lines as a paragraph between quotation marks, as HTML has it in `blockquote`.
pub(super) fn as_text(lines: Vec<String>) -> Vec<String> {
    let mut out = Vec::new();
    let mut passage: Option<Vec<String>> = None;
    for line in lines {
        if let Some(words) = line.trim_start().strip_prefix('>') {
            let passage = passage.get_or_insert_default();
            passage.push(words.trim().to_owned());
        } else {
            out.extend(passage.take().iter().flat_map(|lines| quoted(lines)));
            out.push(without_block_id(&line).to_owned());
        }
    }
    out.extend(passage.iter().flat_map(|lines| quoted(lines)));
    out
}

/// The paragraphs of one block of `>` lines. A callout (`> [!note] Title`) is text like any other, unless it quotes.
fn quoted(lines: &[String]) -> Vec<String> {
    let kind = lines.first().and_then(|line| callout(line));
    let is = |kind: &str, other: &str| kind.eq_ignore_ascii_case(other);
    let quotes = kind.is_none_or(|kind| is(kind, "quote") || is(kind, "cite"));
    let body = lines.iter().skip(usize::from(kind.is_some()));
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in body {
        let item = line.starts_with(['-', '*', '+', '>', '#', '|'])
            || line
                .split_once(". ")
                .is_some_and(|parts| parts.0.parse::<u32>().is_ok());
        if item {
            // A list within a passage is read as one.
            paragraphs.push(line.clone());
        } else if line.is_empty() {
            paragraphs.push(String::new());
        } else if let Some(last) = paragraphs.last_mut() {
            last.push(' ');
            last.push_str(line);
        }
    }
    let mut out = vec![String::new()];
    for paragraph in paragraphs.iter().map(|line| one_line(line)) {
        let is_text = paragraph.starts_with(char::is_alphanumeric);
        out.push(if quotes && is_text {
            between_marks(&paragraph)
        } else {
            paragraph
        });
        out.push(String::new());
    }
    out
}

/// The kind of a callout.
fn callout(line: &str) -> Option<&str> {
    Some(line.strip_prefix("[!")?.split_once(']')?.0)
}

/// A passage between quotation marks; its markers stay behind them.
fn between_marks(passage: &str) -> String {
    let mut words = passage;
    while let Some((before, number)) = words.strip_suffix(']').and_then(|it| it.rsplit_once('['))
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        words = before.trim_end();
    }
    format!(
        "“{words}”{}",
        passage.get(words.len()..).unwrap_or_default()
    )
}

/// A line without the name that Obsidian gives a block: ` ^summary`.
fn without_block_id(line: &str) -> &str {
    match line.trim_end().rsplit_once(" ^") {
        Some((before, id))
            if !id.is_empty()
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            before
        }
        _ => line,
    }
}

/// The text of a link to another note (`[[Page|text]]`) that `rest` begins with, and what follows it.
pub(super) fn wiki_link(rest: &str) -> Option<(&str, &str)> {
    let (inside, after) = rest.strip_prefix("[[")?.split_once("]]")?;
    let is_link = !inside.is_empty() && !inside.contains(['[', '\n']);
    let text = inside.rsplit('|').next().unwrap_or(inside);
    is_link.then_some((text, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        as_text(text.lines().map(str::to_owned).collect()).join("\n")
    }

    #[test]
    fn a_block_of_quoted_lines_is_a_passage_with_its_markers_behind_it() {
        let text = "Before.\n> The river\n> waits.[3][4]\n\nAfter. ^end";
        assert_eq!(
            read(text),
            "Before.\n\n“The river waits.”[3][4]\n\n\nAfter."
        );
    }

    #[test]
    fn a_callout_quotes_only_if_it_says_so() {
        let text = "> [!quote] Ida\n> Stay.[1]\n\n> [!note]\n> It has 3 boats.[2]";
        assert_eq!(read(text), "\n“Stay.”[1]\n\n\n\nIt has 3 boats.[2]\n");
    }

    #[test]
    fn lists_and_quotation_marks_within_a_passage_stay() {
        assert_eq!(read("> - One\n> - Two"), "\n\n\n- One\n\n- Two\n");
        assert_eq!(read("> “So it is.”[1]"), "\n“So it is.”[1]\n");
    }

    #[test]
    fn a_link_to_another_note_is_its_text() {
        assert_eq!(
            wiki_link("[[Hoop & Croze|Hoop and Croze]] is"),
            Some(("Hoop and Croze", " is"))
        );
        assert_eq!(wiki_link("[[Stave Lane]]"), Some(("Stave Lane", "")));
        assert_eq!(wiki_link("[1]"), None);
    }
}
