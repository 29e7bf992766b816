//! Letters of texts: lower case, and the characters around them.

/// A text without characters other than letters and digits at its ends.
pub(super) fn bare(text: &str) -> &str {
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(first), Some(last))
            if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() =>
        {
            text
        }
        _ => text.trim_matches(|it: char| !it.is_alphanumeric()),
    }
}

/// The text in lower case; most of most texts is ASCII.
pub(super) fn lower_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // The last letter of a Greek word has a form of its own.
    if text.contains('Σ') {
        return text.to_lowercase();
    }
    let mut lower = String::with_capacity(text.len() + 8);
    let mut rest = text;
    loop {
        let (ascii, behind) = rest.split_at(ascii_before(rest));
        lower.push_str(ascii);
        let mut behind = behind.chars();
        let Some(it) = behind.next() else { break };
        lower.extend(it.to_lowercase());
        rest = behind.as_str();
    }
    lower.make_ascii_lowercase();
    lower
}

/// How many bytes of a text are ASCII before the first other byte.
fn ascii_before(text: &str) -> usize {
    let (words, _) = text.as_bytes().as_chunks::<16>();
    let whole = words.iter().take_while(|it| it.is_ascii()).count() * 16;
    let rest = &text.as_bytes()[whole..];
    whole + rest.iter().take_while(|it| it.is_ascii()).count()
}
