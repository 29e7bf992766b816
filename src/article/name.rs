//! What a proper name looks like in running prose: capitals, the small words between them, what comes before and after.

use super::words::{self, holds};
use crate::{
    language::{Lexicon, dates, mark},
    text::one_line,
};

/// Small words that may occur inside a name.
const CONNECTORS: &str = "\
    a against an and at by da das de degli dei del della delle der des di do dos du el for from het im in its \
    la las le les los of on or our \
    over per sans ter the to und van von with without y zum zur & + / – - vs.";

/// Of these, the ones that a name found from its end may run through.
const BINDING: &str = "\
    of for & de del la der des du van von los las";

/// A word with the white space and marks that separate it from the next.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    start: usize,
    text: &'a str,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split(char::is_whitespace) {
        if !piece.is_empty() {
            found.push(Token {
                start: at,
                text: piece,
            });
        }
        // Every separator is one character wide; no-break spaces are two or three bytes.
        at += piece.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// Whether a word carries a name: capitalised, an acronym, a brand (`iCivics`), or a number with a name's shape (`350.org`).
fn carries(word: &str) -> bool {
    let core = word.trim_start_matches(['(', '“', '"', '‘', '\'', '#', '@']);
    let mut characters = core.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    if first.is_uppercase() || (first.is_alphabetic() && !first.is_lowercase()) {
        return true;
    }
    let rest: Vec<char> = characters.collect();
    if first.is_ascii_digit() {
        return rest
            .iter()
            .any(|it| it.is_alphabetic() || *it == '.' && rest.len() > 3);
    }
    first.is_lowercase() && rest.first().is_some_and(|it| it.is_uppercase())
}

/// Whether `text` as a whole reads as one name, without articles and conjunctions before it.
pub(super) fn is_name(text: &str) -> bool {
    let text = bare(text);
    let tokens = tokens(&text);
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let inner = tokens
        .iter()
        .all(|token| carries(token.text) || holds(CONNECTORS, token.text) || digits(token.text));
    let starts =
        carries(first.text) || (digits(first.text) && tokens.len() > 1 && !is_count(&text));
    let ends = !holds(CONNECTORS, last.text) || last.text.starts_with(char::is_uppercase);
    tokens.len() <= 16
        && inner
        && starts
        && ends
        && text.chars().any(char::is_alphabetic)
        && !text.contains(['“', '"', '”', ';', ':', '?'])
        && !is_calendar(&text)
}

/// `12 States`: a number before plural words is a quantity.
fn is_count(text: &str) -> bool {
    text.split(' ')
        .nth(1)
        .is_some_and(|word| word.starts_with(char::is_lowercase))
}

fn is_calendar(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let rest = text
        .split(' ')
        .skip(1)
        .all(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    rest && (dates::is_month(first) || Lexicon::word(&first.to_lowercase()) & mark::CALENDAR != 0)
}

/// The name that ends `text`, and its start: found backwards over capitals and the words that bind them.
pub(super) fn ending(text: &str) -> Option<usize> {
    let trimmed = text.trim_end();
    let tokens = tokens(trimmed);
    let mut start = tokens.len();
    let mut open = 0_i32;
    for (at, token) in tokens.iter().enumerate().rev() {
        open += i32::try_from(token.text.matches(')').count()).unwrap_or(0);
        let inside = open > 0;
        open -= i32::try_from(token.text.matches('(').count()).unwrap_or(0);
        let breaks = at + 1 < tokens.len() && token.text.ends_with([',', ';', ':', '”', '"']);
        if breaks {
            break;
        }
        let capital = carries(token.text);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        // "Institute for Economics and Peace": "and" binds if there are capitals on both sides; "the" after a binding word.
        let binds = holds(BINDING, token.text)
            || (token.text == "and" && before.is_some_and(|before| carries(before.text)))
            || (token.text == "the"
                && before.is_some_and(|before| {
                    matches!(before.text, "of" | "for" | "on" | "in" | "and")
                }))
            || (matches!(token.text, "on" | "in" | "to" | "at" | "with" | "against")
                && before.is_some_and(|before| {
                    carries(before.text) && words::is_organization_noun(before.text)
                }));
        if capital || inside {
            start = at;
        } else if !binds {
            break;
        }
    }
    tokens.get(start).map(|token| token.start)
}

/// The name that begins `text`: the byte of its end. Articles and conjunctions before it are part of the stretch.
pub(super) fn beginning(text: &str) -> Option<usize> {
    let tokens = tokens(text);
    let mut end = None;
    let mut last_capital: Option<usize> = None;
    for (at, token) in tokens.iter().enumerate() {
        let core = token
            .text
            .trim_end_matches([',', '.', ';', ':', '!', '?', '…']);
        let whole = token.text.len() == core.len() || is_initial(token.text);
        if core.starts_with('(') {
            break;
        }
        if carries(core)
            || (core.bytes().all(|byte| byte.is_ascii_digit())
                && last_capital.is_some()
                && !is_year(core))
        {
            let clean = if whole { token.text } else { core };
            end = Some(token.start + clean.trim_end_matches(['”', '"']).len());
            last_capital = Some(at);
        } else if !(holds(CONNECTORS, core) && goes_through(core, &tokens, at, last_capital)) {
            break;
        }
        if !whole || token.text.ends_with(')') {
            break;
        }
    }
    end.filter(|_| last_capital.is_some())
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// `D.` in `John D. Rockefeller`, `U.S.`, `St.`, `Inc.`: the full stop is the word's.
fn is_initial(word: &str) -> bool {
    let core = word.trim_end_matches('.');
    word.ends_with('.')
        && (core.split('.').all(|part| part.chars().count() == 1)
            || matches!(core, "St" | "Dr" | "Mt" | "Ft" | "Jr" | "Sr" | "Inc"))
}

/// Whether a small word inside leads on to more of the same name.
fn goes_through(word: &str, tokens: &[Token<'_>], at: usize, last_capital: Option<usize>) -> bool {
    let Some(next) = tokens.get(at + 1) else {
        return false;
    };
    if last_capital.is_none() {
        return matches!(word, "the" | "a" | "an");
    }
    let next_carries = carries(next.text)
        || (matches!(next.text, "the" | "a" | "an" | "our" | "its")
            && tokens.get(at + 2).is_some_and(|token| carries(token.text)));
    let year = next.text.bytes().any(|byte| byte.is_ascii_digit());
    let previous = tokens
        .get(at.wrapping_sub(1))
        .map_or("", |token| token.text);
    match word {
        _ if !next_carries || year => false,
        "of" | "for" | "and" | "&" | "de" | "del" | "la" | "du" | "van" | "von" | "der" | "des"
        | "los" | "las" => true,
        "the" | "a" | "an" | "our" | "its" => {
            matches!(
                previous,
                "of" | "for" | "on" | "in" | "and" | "to" | "against" | "with"
            )
        }
        // "Center on Budget", "Institute on Race": binding only after such a noun; "Fund in Texas" is not.
        "on" | "to" | "against" | "without" | "over" => {
            words::is_organization_noun(previous) || word == "without"
        }
        "with" => previous == "Partnership" || previous == "Solidarity",
        "in" => matches!(
            previous,
            "Women"
                | "Americans"
                | "Ethics"
                | "Parents"
                | "Excellence"
                | "Responsibility"
                | "Services"
        ),
        _ => false,
    }
}

/// A name without the article's own words around it: conjunctions, a lower-case article, an acronym in brackets.
pub(super) fn bare(text: &str) -> String {
    let mut text = one_line(text).trim_matches([',', ';', ' ']).to_owned();
    loop {
        let before = text.len();
        for lead in words::LEADS {
            if let Some(rest) = text.strip_prefix(lead) {
                text = rest.trim_start().to_owned();
            }
        }
        if text.len() == before {
            break;
        }
    }
    if text.ends_with(").") {
        text.pop();
    }
    while text.ends_with(')')
        && let Some(open) = text.rfind('(')
    {
        text.truncate(open);
        text.truncate(text.trim_end().len());
    }
    let lower = [
        "the City of ",
        "the State of ",
        "the County of ",
        "the Town of ",
    ]
    .iter()
    .any(|prefix| text.starts_with(prefix));
    if lower || text.starts_with("the ") || text.starts_with("an ") || text.starts_with("a ") {
        text = text
            .split_once(' ')
            .map_or(String::new(), |parts| parts.1.trim_start().to_owned());
    }
    let text = text.trim_end_matches([',', ';', ' ']);
    let initial = text.rsplit(' ').next().is_some_and(is_initial);
    let text = if initial {
        text
    } else {
        text.trim_end_matches('.')
    };
    text.trim_matches(['“', '”', '"']).trim().to_owned()
}

/// Whether a name is that of an organization, by its own words.
pub(super) fn is_organization(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let noun = words.iter().any(|word| words::is_organization_noun(word));
    let bound = words.len() >= 4
        && words
            .iter()
            .any(|word| matches!(*word, "for" | "of" | "against" | "on" | "to"));
    let acronym = words.iter().any(|word| {
        let core = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        core.len() >= 3
            && core
                .chars()
                .all(|character| character.is_uppercase() || character.is_ascii_digit())
    });
    let camel = words.iter().any(|word| {
        let mut characters = word.chars();
        characters.next().is_some_and(char::is_alphabetic)
            && characters
                .as_str()
                .chars()
                .zip(word.chars())
                .any(|(now, before)| now.is_uppercase() && before.is_lowercase())
    });
    noun || bound || acronym || camel || name.contains(".org") || name.contains(".com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_from_its_end() {
        for (text, want) in [
            (
                "Convening centers within the TRUST Net include Our Family Services of Tucson",
                "Our Family Services of Tucson",
            ),
            (
                "partners include the Alliance for Peace",
                "Alliance for Peace",
            ),
            (
                "supported by organizations including the Black Women for Positive Change",
                "Black Women for Positive Change",
            ),
            ("It cites The Atlantic", "The Atlantic"),
            (
                "funding from the John S. and James L. Knight Foundation",
                "John S. and James L. Knight Foundation",
            ),
            (
                "such as the Center on Budget Matters (CBM)",
                "Center on Budget Matters (CBM)",
            ),
        ] {
            assert_eq!(ending(text).map(|it| &text[it..]), Some(want), "{text}");
        }
    }

    #[test]
    fn a_name_is_found_from_its_beginning() {
        for (text, want) in [
            (
                "National Association for Community Mediation. More",
                "National Association for Community Mediation",
            ),
            ("the Essie Group in 2019", "the Essie Group"),
            (
                "John D. Rockefeller Fund, which",
                "John D. Rockefeller Fund",
            ),
            ("Alder House (AH), a group", "Alder House"),
            (
                "Institute for Economics and Peace and others",
                "Institute for Economics and Peace",
            ),
        ] {
            assert_eq!(beginning(text).map(|it| &text[..it]), Some(want), "{text}");
        }
    }

    #[test]
    fn lower_case_stretches_dates_and_quotes_are_no_names() {
        for text in [
            "violence prevention",
            "“countering it”",
            "October 21",
            "a group of actors",
            "and others",
            "12 states",
        ] {
            assert!(!is_name(text), "{text}");
        }
        for text in [
            "and the City of Charlotte",
            "350.org",
            "iCivics",
            "Police2Peace",
            "Center for a New Day (CND)",
        ] {
            assert!(is_name(text), "{text}");
        }
    }

    #[test]
    fn a_bare_name_keeps_only_its_own_article() {
        assert_eq!(bare("and The Carter Center,"), "The Carter Center");
        assert_eq!(bare("the City of Charlotte"), "City of Charlotte");
        assert_eq!(bare("as well as the Alder Fund (AF)"), "Alder Fund");
    }
}
