//! One entry of an article's references: author, title, publisher, dates and address out of a line of text.

use std::ops::Range;

use chrono::NaiveDate;

use crate::{
    language::{self, dates, sentences},
    profile::{Reference, Remark},
    text::one_line,
};

mod address;
mod archived;

use address::{same_address, shows_address};

pub(super) use archived::unwrap_saved;

/// A reference as it was read, and what had to be done to read it.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// What was read.
    pub(super) reference: Reference,
    /// What a person should know about the reading.
    pub(super) remarks: Vec<Remark>,
}

/// Reads the entry `text` that has `number`; `links` are the addresses of its hyperlinks with what they show, if it had any.
pub(super) fn read(number: u32, text: &str, links: &[(String, String)]) -> Entry {
    let mut entry = Entry::default();
    entry.reference.number = number;
    let place = format!("reference {number}");
    let text = stray_marker(text, &place, &mut entry.remarks);
    let (addresses, text) = addresses(&text, links, &place, &mut entry.remarks);
    let text = archived::take(&text, &addresses, links, &mut entry.reference);
    choose_address(&addresses, &place, &mut entry);
    let text = take_accessed(&text, &mut entry.reference);
    cite_text(&text, &mut entry.reference);
    let missing = entry.reference.title.is_none() && entry.reference.url.is_none();
    let lower = text.trim().to_lowercase();
    if missing || lower.starts_with("ibid") {
        entry.remarks.push(Remark::warning(
            &place,
            if lower.starts_with("ibid") {
                "points back at the reference before it (“Ibid.”)"
            } else {
                "has neither a title nor a URL that could be read"
            },
            "write its title and URL into the profile, or cite the other number",
        ));
    }
    entry
}

/// Takes a marker off that was copied into the entry: `[1] “Title…`, `^ Title`.
fn stray_marker(text: &str, place: &str, remarks: &mut Vec<Remark>) -> String {
    let mut rest = one_line(text);
    loop {
        let trimmed = rest.trim_start_matches(['^', '↑', '↩', ' ']).to_owned();
        let stray = trimmed.strip_prefix('[').and_then(|rest| {
            let (inside, after) = rest.split_once(']')?;
            let short = inside.len() <= 3 && inside.chars().all(char::is_alphanumeric);
            short.then(|| (inside.to_owned(), after.trim_start().to_owned()))
        });
        let Some((inside, after)) = stray else {
            return trimmed;
        };
        remarks.push(Remark::note(
            place,
            &format!("a stray “[{inside}]” before its text was left out"),
            "nothing to do where the number before it is the right one",
        ));
        rest = after;
    }
}

/// The addresses in an entry, mended where they were broken, and the text without them.
fn addresses(
    text: &str,
    links: &[(String, String)],
    place: &str,
    remarks: &mut Vec<Remark>,
) -> (Vec<String>, String) {
    let mut found: Vec<String> = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        let Some(at) = address_start(word) else {
            if !links.iter().any(|link| shows_address(word, link)) {
                kept.push(word.to_owned());
            }
            continue;
        };
        kept.push(word[..at].to_owned());
        let mut address = word[at..].to_owned();
        let mut broken = false;
        while let Some(next) = words.peek()
            && goes_on(&address, next)
        {
            address.push_str(next);
            broken = true;
            words.next();
        }
        // A quotation mark after it closes the title that contains the address.
        let close = address
            .trim_end_matches(['.', ',', ')'])
            .chars()
            .next_back();
        if let Some(close) = close.filter(|close| matches!(close, '”' | '"'))
            && let Some(title) = kept.iter_mut().rev().find(|text| !text.is_empty())
        {
            title.push(close);
        }
        let address = trim_address(&address);
        if broken {
            remarks.push(Remark::warning(
                place,
                &format!("its URL was broken and has been put together: {address}"),
                "open it once, and correct it in the profile if a piece is missing",
            ));
        }
        found.push(address);
    }
    for (link, _) in links {
        if !found.iter().any(|it| same_address(it, link)) {
            // The visible text may shorten what the link spells out.
            found.retain(|text| !link.starts_with(text.trim_end_matches(['…', '.'])));
            found.push(link.clone());
        }
    }
    (found, one_line(&kept.join(" ")))
}

fn address_start(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    ["https://", "http://"]
        .iter()
        .filter_map(|word| lower.find(word))
        .min()
        .or_else(|| {
            let at = lower.find("www.")?;
            let edge = at == 0
                || !lower[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '/');
            (edge && lower[at + 4..].contains('.')).then_some(at)
        })
}

/// Whether `next` continues an address that a line break cut.
fn goes_on(address: &str, next: &str) -> bool {
    let core = next.trim_end_matches(['.', ',', ';', ')']);
    if core.is_empty() || address_start(next).is_some() {
        return false;
    }
    let plain = core
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~/?#[]@!$&'()*+,;=%:".contains(&byte));
    let shaped = core.contains(['-', '/', '_', '=', '%', '#', '&'])
        || core.contains(".htm")
        || core.contains(".pdf");
    let lower = core.starts_with(|character: char| {
        character.is_ascii_lowercase()
            || character.is_ascii_digit()
            || "/?#&%=-_".contains(character)
    });
    let cut =
        address.ends_with(['-', '/', '_', '=', '&', '?', '%', '.']) || address.ends_with("//");
    let path_begins = core.starts_with(['/', '?', '#', '&', '-', '=']);
    let date = dates::whole(core).is_some();
    plain
        && lower
        && !date
        && (path_begins
            || (cut
                && (shaped
                    || core
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))))
}

fn trim_address(address: &str) -> String {
    let mut address = address
        .trim_end_matches(['.', ',', ';', ':', '>', ']', '”', '"', '’', '\''])
        .to_owned();
    while address.ends_with(')') && address.matches(')').count() > address.matches('(').count() {
        address.pop();
        address.truncate(address.trim_end_matches(['.', ',', ';']).len());
    }
    if address.to_ascii_lowercase().starts_with("www.") {
        address.insert_str(0, "http://");
    }
    address
}

fn choose_address(addresses: &[String], place: &str, entry: &mut Entry) {
    let is_copy = |text: &str| entry.reference.archived.iter().any(|copy| copy.url == text);
    let chosen = addresses.iter().find(|address| !is_copy(address.as_str()));
    let Some(chosen) = chosen.or(addresses.first()) else {
        return;
    };
    let others: Vec<String> = addresses
        .iter()
        .filter(|address| *address != chosen && !is_copy(address.as_str()))
        .cloned()
        .collect();
    for other in others {
        entry.remarks.push(Remark::note(
            place,
            &format!("gives a second address, which the profile leaves out: {other}"),
            "put it in place of the first if it is the page that is meant",
        ));
    }
    let (url, fragment) = match chosen.split_once('#') {
        Some((url, fragment)) => (url, Some(fragment).filter(|text| !text.is_empty())),
        None => (chosen.as_str(), None),
    };
    entry.reference.url = Some(url.to_owned());
    entry.reference.fragment = fragment.map(str::to_owned);
}

/// Takes `Accessed October 21, 2022` out; the text without it.
fn take_accessed(text: &str, reference: &mut Reference) -> String {
    for language in language::all() {
        if let Some((date, range)) = dated(text, &language.citation.accessed) {
            reference.accessed = Some(date);
            return without(text, range);
        }
    }
    // GB/T 7714 writes it in brackets, without a word: "[2024-05-02]".
    for (at, _) in text.match_indices('[') {
        if let Some((inside, _)) = text[at + 1..].split_once(']')
            && inside.len() >= 8
            && let Some(date) = dates::whole(inside)
        {
            reference.accessed = Some(date);
            return without(text, at..at + 1 + inside.len());
        }
    }
    text.to_owned()
}

/// The first of the phrases that has a date beside it, with the bytes of both. Where words are not separated by spaces, or the
/// verb comes last, the date comes before the phrase: `2024年5月2日閲覧`.
fn dated(text: &str, phrases: &[String]) -> Option<(NaiveDate, Range<usize>)> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    let mut longest: Vec<&String> = phrases.iter().collect();
    longest.sort_by_key(|it| std::cmp::Reverse(it.len()));
    for phrase in longest {
        for (at, _) in lower.match_indices(phrase.as_str()) {
            let spaced =
                phrase.is_ascii() || !phrase.chars().any(|character| character > '\u{2fff}');
            let edge = at == 0 || !spaced || !lower[..at].ends_with(char::is_alphanumeric);
            let after = at + phrase.len();
            if !edge {
                continue;
            }
            if let Some((date, length)) = text.get(after..).and_then(|it| dates::near(it, 6)) {
                return Some((date, at..after + length));
            }
            if let Some((date, start)) = text.get(..at).and_then(dates::trailing) {
                return Some((date, start..after));
            }
        }
    }
    None
}

/// A text without a stretch, and without the marks that closed it.
fn without(text: &str, range: Range<usize>) -> String {
    let close = usize::from(text[range.end..].starts_with(['.', ',', ')', ';', ']']));
    let before = text[..range.start].trim_end().trim_end_matches(['(', '[']);
    one_line(&format!("{before} {}", &text[range.end + close..]))
}

/// Author, title, publisher and date of publication, out of what is left.
fn cite_text(text: &str, reference: &mut Reference) {
    if let Some((before, title, after)) = quoted(text).filter(|quoted| is_byline(&quoted.0)) {
        reference.title = Some(title);
        let mut before = before;
        if let Some((date, range)) = dates::first(&before) {
            reference.published = Some(date);
            before.replace_range(range, "");
        }
        reference.author = tidy(&without_year(&before));
        publisher_and_date(&after, reference);
        return;
    }
    let mut pieces = pieces(text);
    pieces.retain(|piece| !piece.is_empty());
    if pieces.is_empty() {
        return;
    }
    // "Lee, Ann. Title of the Page. Publisher." has its author first; "Title of the Page. Publisher." has not.
    if pieces.len() >= 3 && is_person(&pieces[0]) {
        reference.author = tidy(&without_year(&pieces.remove(0)));
    }
    if dates::whole(&pieces[0]).is_none() {
        reference.title = tidy(&pieces.remove(0));
    }
    publisher_and_date(&pieces.join(". "), reference);
}

/// Whether the words before a title can be its authors: a remark in running prose that quotes something cannot.
fn is_byline(text: &str) -> bool {
    let small = text
        .split_whitespace()
        .filter(|word| word.starts_with(char::is_lowercase))
        .filter(|word| {
            !matches!(
                word.trim_end_matches('.'),
                "and"
                    | "et"
                    | "al"
                    | "of"
                    | "for"
                    | "the"
                    | "with"
                    | "by"
                    | "ed"
                    | "eds"
                    | "de"
                    | "van"
                    | "von"
            )
        })
        .count();
    small <= 2 || small * 3 <= text.split_whitespace().count()
}

/// An author without the year or date in brackets after it: `Payment, S. (2007)`.
fn without_year(text: &str) -> String {
    let trimmed = text.trim_end().trim_end_matches('.').trim_end();
    let inside = trimmed
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('));
    match inside {
        Some((author, inside))
            if inside.is_empty()
                || inside.contains(|character: char| character.is_ascii_digit())
                || inside == "n.d." =>
        {
            author.to_owned()
        }
        _ => text.to_owned(),
    }
}

/// `Lee, Ann` or `Lee, Ann and Bob Ray`.
fn is_person(piece: &str) -> bool {
    let Some((last, first)) = piece.split_once(", ") else {
        return false;
    };
    let capital = |text: &str| text.starts_with(char::is_uppercase);
    last.split(' ').count() <= 2
        && first.split(' ').count() <= 6
        && last.split(' ').all(capital)
        && first
            .split([' ', ','])
            .all(|part| part.is_empty() || capital(part) || part == "and" || part == "&")
}

/// The first quotation: the text before it, its words, the text after it.
fn quoted(text: &str) -> Option<(String, String, String)> {
    let (open, close) = [('“', '”'), ('"', '"'), ('«', '»'), ('„', '“')]
        .into_iter()
        .filter_map(|(open, close)| Some((text.find(open)?, open, close)))
        .min_by_key(|pair| pair.0)
        .map(|(_, open, close)| (open, close))?;
    let start = text.find(open)?;
    let inside = start + open.len_utf8();
    let mut depth = 1;
    let mut end = None;
    for (at, character) in text[inside..].char_indices() {
        if character == close {
            depth -= 1;
            if depth == 0 {
                end = Some(inside + at);
                break;
            }
        } else if character == open {
            depth += 1;
        }
    }
    // An opening mark that is never closed: the title ends at the next full stop.
    let end = end
        .or_else(|| text[inside..].find(". ").map(|at| inside + at))
        .or_else(|| text[inside..].find(close).map(|text| inside + text))
        .unwrap_or(text.len());
    let title = text[inside..end]
        .trim()
        .trim_end_matches([',', '.', ';'])
        .trim();
    let after = text[end..].trim_start_matches([close, '.', ',', ' ', ';']);
    (!title.is_empty()).then(|| (text[..start].to_owned(), one_line(title), after.to_owned()))
}

fn publisher_and_date(text: &str, reference: &mut Reference) {
    for piece in pieces(text) {
        let mut piece = piece;
        if let Some((date, range)) = dates::first(&piece) {
            let word = piece[..range.start].trim_end().to_lowercase();
            let archived = word.contains("archive");
            if reference.published.is_none() && !archived {
                reference.published = Some(date);
            }
            if archived {
                continue;
            }
            piece.replace_range(range, "");
        }
        let lower = piece.to_lowercase();
        let aside = [
            "archived",
            "page ",
            "pages ",
            "p. ",
            "pp. ",
            "via ",
            "updated",
            "published",
            "posted",
            "last modified",
            "isbn",
            "doi",
        ]
        .iter()
        .any(|prefix| lower.trim_start().starts_with(prefix));
        let letters = piece.chars().any(char::is_alphabetic);
        if letters && !aside && reference.publisher.is_none() && !is_season(&piece) {
            reference.publisher = tidy(&piece);
        }
    }
}

/// `Spring 2020`, `October 2022`, `n.d.`: a time, not a publisher.
fn is_season(piece: &str) -> bool {
    let lower = piece
        .trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_lowercase();
    let first = lower.split(' ').next().unwrap_or_default();
    lower == "n.d"
        || ((dates::is_month(first)
            || matches!(first, "spring" | "summer" | "fall" | "autumn" | "winter"))
            && lower.split(' ').count() <= 2)
}

/// The pieces of an entry between full stops.
fn pieces(text: &str) -> Vec<String> {
    sentences::sentences(text)
        .into_iter()
        .map(|sentence| {
            text[sentence]
                .trim_end_matches(['.', ',', ';', ' '])
                .trim()
                .to_owned()
        })
        .collect()
}

fn tidy(text: &str) -> Option<String> {
    let text = one_line(text);
    let mut text = text.trim_matches([',', ';', ':', ' ', '–', '—', '|']);
    if text.ends_with('.') && !ends_in_initial(text) {
        text = text.trim_end_matches('.');
    }
    let text = text.trim_end_matches([',', ' ']);
    let text = match (text.starts_with('('), text.ends_with(')')) {
        (true, true) => &text[1..text.len() - 1],
        (true, false) => &text[1..],
        _ => text,
    };
    let text = text.trim_end_matches("()").trim_matches([',', ' ']);
    (text.chars().any(char::is_alphanumeric)).then(|| text.to_owned())
}

/// `Bock, Joseph G.` keeps its full stop.
fn ends_in_initial(text: &str) -> bool {
    let last = text
        .trim_end_matches('.')
        .rsplit([' ', '.'])
        .next()
        .unwrap_or_default();
    last.chars().count() == 1 || matches!(last, "Jr" | "Sr" | "Inc" | "Co" | "Ltd")
}

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use super::*;

    #[test]
    fn entries_are_read_as_the_table_says() {
        let table: Table = include_str!("../../tests/cases/references/entries.toml")
            .parse()
            .unwrap();
        let cases = table["case"].as_array().unwrap();
        assert!(cases.len() >= 25);
        let mut wrong = Vec::new();
        for case in cases {
            let given = case["given"].as_str().unwrap();
            let entry = read(1, given, &[]);
            let reference = &entry.reference;
            let day = |it: Option<chrono::NaiveDate>| it.map(|it| it.to_string());
            let fields = [
                ("author", reference.author.clone()),
                ("title", reference.title.clone()),
                ("publisher", reference.publisher.clone()),
                ("published", day(reference.published)),
                ("accessed", day(reference.accessed)),
                ("url", reference.url.clone()),
                ("fragment", reference.fragment.clone()),
            ];
            for (field, got) in fields {
                let want = case.get(field).and_then(Value::as_str);
                if got.as_deref() != want {
                    wrong.push(format!("{field}: {got:?}, not {want:?}\n  in {given}"));
                }
            }
            let want = case.get("remarks").and_then(Value::as_integer).unwrap_or(0);
            if i64::try_from(entry.remarks.len()).unwrap() != want {
                wrong.push(format!(
                    "remarks: {:?}, not {want} of them\n  in {given}",
                    entry.remarks
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
