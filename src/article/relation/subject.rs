//! The subject of a relation: the subject of its clause, if no other is possible.

use super::same;
use crate::article::{name, split, words::holds};

/// Words for the article's subject.
const GENERAL: &str = "\
    alliance association campaign center centre charity club coalition collaborative college committee company cooperative \
    council federation forum foundation fund group initiative institute it magazine network newspaper nonprofit \
    organisation organization partnership party program project publication school site society they trust union we website";

/// Verbs between a subject and a relation's phrase.
const VERBS: &[&str] = &[
    " is ",
    " are ",
    " was ",
    " were ",
    " has been ",
    " have been ",
    " had been ",
    " became ",
    " serves as ",
    " operates as ",
    " operated as ",
    " functions as ",
    " began as ",
    " started as ",
    " started out as ",
    " originated as ",
    " remains ",
    " remained ",
];

/// Words that come between the verb and the phrase only if the phrase is of another body.
const BETWEEN: &[&str] = &[
    "that",
    "which",
    "who",
    "whose",
    "of",
    "by",
    "with",
    "from",
    "where",
    "when",
    "to",
    "for",
    "between",
    "because",
    "while",
    "including",
    "like",
    "among",
    "than",
    "on",
    "at",
    "about",
];

/// The subject of a phrase between `before` and its object; `rest` is what follows the object.
pub(super) fn of(before: &str, rest: &str, title: &str) -> Option<String> {
    let before = &bracketless(before.trim_end());
    if before.is_empty() {
        return behind(rest, title);
    }
    let padded = format!("{before} ");
    let cut = VERBS
        .iter()
        .filter_map(|verb| padded.rfind(verb).map(|at| (at, verb.len())))
        .max_by_key(|at| (at.0 + at.1, at.1));
    let Some((at, length)) = cut else {
        return apposed(before, title);
    };
    let link = &padded[at + length..];
    if !is_plain(link) {
        return apposed(before, title);
    }
    let head = padded[..at].trim();
    let plural = ["are", "were", "have"]
        .iter()
        .any(|prefix| padded[at..].trim_start().starts_with(prefix));
    of_clause(head, plural, title)
}

/// `Founded in 2009 by the Alder Club, the group …`: the subject of the rest of the sentence.
fn behind(rest: &str, title: &str) -> Option<String> {
    let main = rest.split_once(", ")?.1;
    let subject = main
        .split(|character: char| character.is_whitespace())
        .scan(0, |at, word| {
            *at += word.len() + 1;
            Some(*at - 1)
        })
        .take(8)
        .map(|end| &main[..end.min(main.len())])
        .filter(|text| is_about(text.trim_end_matches(','), title))
        .last()?;
    (!subject.is_empty()).then(|| title.to_owned())
}

/// `The Alliance, a project of …,` and `The Alliance (formerly known as …)`: the subject right before its apposition.
fn apposed(before: &str, title: &str) -> Option<String> {
    let at = before.rfind([',', '('])?;
    let link = before[at + 1..].trim();
    let head = before[..at].trim();
    if !(link.is_empty() || is_plain(link)) || head.contains([',', ';', ':']) {
        return None;
    }
    let head = without_brackets(head);
    resolve(&head, false, title)
}

/// Whether words are small and none of them begins a clause or joins another noun.
fn is_plain(link: &str) -> bool {
    let words: Vec<&str> = link.split_whitespace().collect();
    let dated = |at: usize| {
        words.get(at + 1).is_some_and(|word| {
            word.trim_matches(',')
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                || crate::language::month(word).is_some()
        })
    };
    words.len() <= 12
        && !link.contains([',', ';', '(', ')', ':', '“', '"'])
        && words.iter().enumerate().all(|(at, word)| {
            let number = word.bytes().all(|byte| byte.is_ascii_digit());
            let month = crate::language::month(word).is_some();
            let nation = word.starts_with(char::is_uppercase)
                && (word.ends_with("an") || word.ends_with("ish") || word.contains("U.S"));
            let small = word
                .chars()
                .all(|letter| letter.is_lowercase() || matches!(letter, '-' | '’' | '\'' | '/'))
                || word.contains("(3)");
            (small || number || month || nation || word.starts_with("501"))
                && !BETWEEN.contains(word)
                && (*word != "in" || dated(at))
        })
}

/// The subject of a clause that ends with `head`.
fn of_clause(head: &str, plural: bool, title: &str) -> Option<String> {
    let tail = head.trim_end_matches([',', ' ']);
    // "It was founded in 2009 and is based in …": both verbs have the sentence's subject.
    for joint in [
        " and",
        " but",
        " and also",
        " and later",
        " and now",
        " and then",
        " and currently",
    ] {
        if let Some(earlier) = tail.strip_suffix(joint) {
            return shared(earlier, title);
        }
    }
    let start = clause_start(head);
    let nearest = head[start..]
        .trim()
        .trim_start_matches(['”', '"', '’'])
        .trim_start();
    if matches!(nearest, "which" | "who" | "that") {
        let before = head[..start].trim_end_matches([',', ' ']);
        return owner(before, title).or_else(|| described(before, title));
    }
    let relative = [" that", " which", " who"];
    if let Some(before) = relative
        .iter()
        .find_map(|suffix| nearest.strip_suffix(suffix))
    {
        return described(before, title);
    }
    if start == 0 {
        return resolve(nearest, plural, title);
    }
    if nearest.starts_with("and ") || nearest.starts_with("but ") {
        return resolve(
            nearest.split_once(' ').map_or("", |parts| parts.1),
            plural,
            title,
        );
    }
    if nearest.is_empty() {
        // "The Alliance, which …, is a project of": what comes first, if it is plain.
        let first = head.split([',', '(']).next().unwrap_or_default();
        return resolve(first.trim(), plural, title);
    }
    behind_mark((&head[..start], nearest), plural, title)
}

/// Where the last clause of a sentence's beginning begins.
fn clause_start(head: &str) -> usize {
    const JOINTS: [&str; 7] = [
        " that ",
        " which ",
        " because ",
        " while ",
        " although ",
        " where ",
        " who ",
    ];
    let mark = head.rfind([',', ';', ':', '(']).map(|at| at + 1);
    let joints = JOINTS.iter();
    let joints = joints.filter_map(|joint| head.rfind(joint).map(|at| at + joint.len()));
    mark.into_iter().chain(joints).max().unwrap_or(0)
}

/// The subject of a clause that begins after a mark; `before` is the text up to there, with the mark.
fn behind_mark((before, nearest): (&str, &str), plural: bool, title: &str) -> Option<String> {
    let lead = before.trim_end_matches([',', ';', ' ']);
    let clause = lead.ends_with("that")
        || lead.ends_with("because")
        || lead.ends_with("while")
        || lead.ends_with("although");
    let adverbial = is_adverbial(lead) || lead.ends_with("):");
    let bracketed = before.ends_with('(');
    if bracketed {
        return None;
    }
    if adverbial || clause || before.ends_with(';') {
        return resolve(nearest, plural, title);
    }
    // An apposition between subject and verb: "The Alliance, a charity, is …" has `nearest` = "a charity".
    let apposition = [
        "a ",
        "an ",
        "the ",
        "formerly ",
        "also ",
        "which ",
        "founded ",
        "based ",
    ]
    .iter()
    .any(|prefix| nearest.starts_with(prefix));
    if apposition && !is_about(nearest, title) {
        let first = lead.split([',', '(']).next().unwrap_or_default();
        return resolve(&without_brackets(first.trim()), plural, title);
    }
    resolve(nearest, plural, title)
}

/// `The table is a cooperative that`: the relation of the one noun is that of the subject.
fn described(before: &str, title: &str) -> Option<String> {
    let padded = format!("{before} ");
    let (at, length) = VERBS
        .iter()
        .filter_map(|verb| padded.rfind(verb).map(|at| (at, verb.len())))
        .max_by_key(|at| (at.0 + at.1, at.1))?;
    let noun = padded[at + length..].trim();
    let one = noun.starts_with("a ") || noun.starts_with("an ") || noun.starts_with("the ");
    (one && is_plain(noun)).then(|| of_clause(padded[..at].trim(), false, title))?
}

/// A text without the remarks in brackets that are closed in it.
fn bracketless(text: &str) -> String {
    let mut out = text.to_owned();
    while let Some(close) = out.find(')')
        && let Some(open) = out[..close].rfind('(')
        // "501(c)(3)" is one word.
        && out[..open].ends_with(' ')
    {
        out.replace_range(open..=close, "");
        out = crate::text::one_line(&out);
    }
    out
}

/// The first subject of a sentence, for a verb that an "and" joins to its first verb.
fn shared(earlier: &str, title: &str) -> Option<String> {
    let relative = [" which ", " who ", " that ", " whose ", ";"]
        .iter()
        .any(|word| earlier.contains(word));
    if relative {
        return None;
    }
    let padded = format!("{earlier} ");
    let first = VERBS.iter().filter_map(|verb| padded.find(verb)).min();
    // "It works in 12 states and is …": the sentence's first words.
    let Some(at) = first else {
        let word = earlier.split(' ').next().unwrap_or_default();
        let two: String = earlier.split(' ').take(2).collect::<Vec<_>>().join(" ");
        return [word, two.as_str()]
            .iter()
            .any(|it| is_about(it, title))
            .then(|| title.to_owned())
            .or_else(|| earlier.starts_with(title).then(|| title.to_owned()));
    };
    let head = &padded[..at];
    let head = head.trim();
    let start = head
        .rfind(", ")
        .filter(|at| is_adverbial(&head[..*at]))
        .map_or(0, |at| at + 2);
    resolve(&without_brackets(&head[start..]), false, title)
}

/// The name that `which` refers to.
fn owner(before: &str, title: &str) -> Option<String> {
    let before = without_brackets(before);
    if is_about(&before, title) {
        return Some(title.to_owned());
    }
    let start = name::ending(&before)?;
    let bare = name::bare(&before[start..]);
    let lead = before[..start].trim_end();
    let one_of_several =
        lead.ends_with([',', ';']) || lead.ends_with(" and") || lead.ends_with(" and the");
    (name::is_name(&bare) && !one_of_several && !bare.contains(" and ")).then_some(bare)
}

/// `In 2019`, `As of May 2020`: words before a clause that are not its subject.
fn is_adverbial(lead: &str) -> bool {
    const OPENERS: &[&str] = &[
        "In",
        "On",
        "At",
        "Since",
        "By",
        "As",
        "During",
        "After",
        "Before",
        "From",
        "Until",
        "Today",
        "Currently",
        "Originally",
        "Initially",
        "Previously",
        "Formerly",
        "Later",
        "According",
        "Like",
        "Although",
        "While",
        "Because",
        "Despite",
        "Through",
        "Under",
        "For",
        "Throughout",
        "Along",
        "Together",
        "Founded",
        "Created",
        "Established",
        "Launched",
        "However",
        "Moreover",
        "Also",
    ];
    OPENERS.contains(&lead.split(' ').next().unwrap_or_default())
}

fn without_brackets(text: &str) -> String {
    let mut text = text.trim().to_owned();
    while text.ends_with(')')
        && let Some(open) = text.rfind('(')
    {
        text.truncate(open);
        text.truncate(text.trim_end().len());
    }
    text
}

/// A subject's words as a name: the article's own subject, a name that is all of them, or what the subject owns.
fn resolve(phrase: &str, plural: bool, title: &str) -> Option<String> {
    const ADVERBS: &[&str] = &[
        " also",
        " currently",
        " now",
        " formally",
        " itself",
        " reportedly",
        " originally",
        " initially",
        " later",
        " since",
        " previously",
        " once",
        " first",
        " officially",
        " legally",
        " primarily",
        " largely",
        " partly",
        " then",
        " still",
        " today",
    ];
    let mut phrase = without_brackets(phrase.trim_matches([',', ' ']));
    while let Some(adverb) = ADVERBS.iter().find(|adverb| phrase.ends_with(**adverb)) {
        phrase.truncate(phrase.len() - adverb.len());
        phrase = without_brackets(phrase.trim_matches([',', ' ']));
    }
    if phrase.is_empty() {
        return None;
    }
    if is_about(&phrase, title) {
        return Some(title.to_owned());
    }
    if let Some((owner, thing)) = phrase
        .split_once("’s ")
        .or_else(|| phrase.split_once("'s "))
    {
        if is_about(owner, title) && thing.split(' ').count() <= 4 && thing.split(' ').all(is_small)
        {
            return Some(thing.to_owned());
        }
        if owner.contains(' ') && !name::is_name(&phrase) {
            return None;
        }
    }
    if name::is_name(&phrase) && phrase.split(' ').count() <= 14 {
        let several = plural && split::part_at_and(&phrase, false).len() > 1;
        let bare = name::bare(&phrase);
        return (!several && !bare.is_empty()).then_some(bare);
    }
    let rest = ["Its ", "Their ", "its ", "their "]
        .iter()
        .find_map(|prefix| phrase.strip_prefix(prefix))
        .or_else(|| phrase.strip_prefix("The ").filter(|_| plural))?;
    (rest.split(' ').count() <= 4 && rest.split(' ').all(is_small)).then(|| rest.to_owned())
}

fn is_small(word: &str) -> bool {
    word.chars()
        .all(|letter| letter.is_lowercase() || letter == '-')
        && !BETWEEN.contains(&word)
}

/// Whether a phrase is the article's own subject: its title, a pronoun, or "the organization".
fn is_about(phrase: &str, title: &str) -> bool {
    let plain = phrase
        .trim()
        .trim_start_matches("The ")
        .trim_start_matches("the ")
        .trim_start_matches("This ")
        .trim_start_matches("this ");
    same(plain, title)
        || holds(GENERAL, &plain.to_lowercase())
        || title.to_lowercase().starts_with(&plain.to_lowercase()) && plain.len() > 3
        || (plain.starts_with(title) && plain[title.len()..].trim_start().starts_with('('))
}
