//! What the names of a list are to the article's subject: `partners`, `supported by`.

use std::ops::Range;

use super::words::holds;

/// Verbs in -s that introduce a list, and are not plurals.
const INTRODUCING: &[&str] = &["includes", "comprises", "consists", "lists", "names"];

/// Nouns too general to describe the relation of the names to the subject.
const GENERAL: &str = "\
    organizations organisations groups entities institutions companies others foundations nonprofits";

/// Words that a noun phrase does not reach over.
const PHRASE_STOPS: &str = "\
    a an the of in by with from to for and or its their his her has have had is are was were within \
    several some many other various numerous multiple all that which who these those on at as also two \
    three four five between among including include includes current past former notable number";

/// What the items of a list are, by the sentence that introduces it.
pub(super) fn relation_of(introduction: &str) -> Option<String> {
    let end = introduction.len();
    relation(introduction, &(end..end), true)
}

/// The relation of the names to the subject, from the words before (or after) the list.
pub(super) fn relation(sentence: &str, list: &Range<usize>, introduced: bool) -> Option<String> {
    let before = sentence[..list.start].trim_end().trim_end_matches(':');
    let before = before.trim_end_matches(|character: char| character.is_whitespace());
    if !introduced && before.is_empty() {
        let verb: Vec<&str> = sentence[list.end..]
            .split(|character: char| character.is_whitespace())
            .filter(|word| !word.is_empty())
            .take(4)
            .take_while(|word| !word.ends_with([',', '.']))
            .collect();
        return (!verb.is_empty()).then(|| verb.join(" "));
    }
    let all: Vec<&str> = before.split_whitespace().collect();
    if let Some(phrase) = verb_phrase(&all) {
        return Some(phrase);
    }
    let (from, at) = plural_noun(&all)?;
    let noun = all[at].trim_end_matches([',', ':']);
    let phrase = all[from..=at].join(" ").to_lowercase();
    if holds(GENERAL, noun) {
        let earlier = verb_phrase(&all[..from]).or_else(|| {
            let cut = all[..from].iter().rposition(|it| {
                !holds(PHRASE_STOPS, it) || matches!(*it, "by" | "with" | "from")
            })?;
            verb_phrase(&all[..=cut])
        });
        return earlier.or(Some(phrase));
    }
    Some(phrase.trim_end_matches([',', ':']).to_owned())
}

/// The plural noun nearest to the list, with the lower-case words before it: the places of the first and the last word.
fn plural_noun(all: &[&str]) -> Option<(usize, usize)> {
    let plural = |text: &&str| {
        let word = text.trim_end_matches([',', ':']);
        word.len() > 3
            && word.ends_with('s')
            && !word.ends_with("’s")
            && word.starts_with(char::is_lowercase)
            && !INTRODUCING.contains(&word)
            && !holds(PHRASE_STOPS, word)
            || matches!(
                word,
                "staff" | "board" | "leadership" | "coalition" | "membership"
            )
    };
    let sentence_start = |at: usize, text: &str| {
        at == 0 && text.len() > 3 && text.ends_with('s') && text != "Its" && text != "This"
    };
    let at = all
        .iter()
        .enumerate()
        .rev()
        .find(|(at, it)| plural(it) || sentence_start(*at, it))?
        .0;
    let mut from = at;
    while from > 0 {
        let word = all[from - 1];
        let initial = from == 1 && word.starts_with(char::is_uppercase);
        let lower = word.to_lowercase();
        if holds(PHRASE_STOPS, &lower)
            || word.ends_with([',', ';'])
            || (word.starts_with(char::is_uppercase) && !initial)
        {
            break;
        }
        if word.contains('’') || word.contains('\'') {
            break;
        }
        from -= 1;
        if at - from >= 3 {
            break;
        }
    }
    Some((from, at))
}

/// `supported by`, `partnered with`, `funding from` at the end of the words.
fn verb_phrase(all: &[&str]) -> Option<String> {
    let [.., verb, link] = all else {
        return None;
    };
    let links = matches!(*link, "by" | "with" | "from" | "to" | "alongside");
    let lower = verb.to_lowercase();
    let verbal = lower.ends_with("ed")
        || lower.ends_with("ing")
        || matches!(
            lower.as_str(),
            "grants"
                | "donations"
                | "contributions"
                | "money"
                | "support"
                | "run"
                | "led"
                | "works"
                | "work"
        );
    (links && verbal && verb.starts_with(char::is_lowercase)).then(|| format!("{lower} {link}"))
}
