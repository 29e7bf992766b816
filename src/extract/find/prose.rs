//! Names that a sentence or a line of plain words enumerates: "our partners are A, B and C", "Members: A; B; C".

use std::{ops::Range, sync::LazyLock};

use memchr::{memchr_iter, memchr2_iter, memchr3, memchr3_iter, memrchr_iter};

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item, Observed},
        judge::name_signs::{CLEAR, HALVES, LED, POSSIBLE},
        location::heading_before,
        names,
        page_index::PageIndex,
        record::{in_item, trim},
    },
    language::{legal_forms::is_appended, listing},
    reading::Region,
};

/// What parts the members of an enumeration, the surest first.
const SEPARATORS: &[&[char]] = &[&[';'], &['|', '•', '·'], &[',', '、', '，']];

/// Words behind which an enumeration begins, as it does behind a colon, with a space on either side; by the first byte of the word.
static OPENINGS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let mut table = vec![Vec::new(); 256];
    for words in listing() {
        table[usize::from(words.as_bytes()[0])].push(format!(" {words} "));
    }
    table
});

/// Finds the enumerations in the blocks of a page.
pub(in crate::extract) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut node = 0;
    for block in &index.flow.blocks {
        let text = index.text(&block.range);
        if block.alt || block.region == Region::Navigation || !(20..=4000).contains(&text.len()) {
            continue;
        }
        let parted = memchr3(b',', b';', b'|', text.as_bytes()).is_some()
            || (!text.is_ascii() && text.contains(['•', '·', '、', '，']));
        if !parted {
            continue;
        }
        node = holder(index, node, &block.range);
        for sentence in sentences(text) {
            let range = block.range.start + sentence.start..block.range.start + sentence.end;
            drafts.extend(of_sentence(index, node, &range));
        }
    }
    drafts
}

/// The innermost element that holds a range, sought from the last one found.
pub(super) fn holder(index: &PageIndex<'_>, from: usize, range: &Range<usize>) -> usize {
    let spans = &index.flow.spans;
    let holds = |at: &usize| spans[*at].start <= range.start && range.end <= spans[*at].end;
    let mut best = std::iter::once(from)
        .chain(index.tree.ancestors(from))
        .find(holds)
        .unwrap_or(0);
    // The document itself has no span.
    let mut at = from.max(1);
    while at < index.tree.nodes.len() && spans[at].start <= range.start {
        if spans[at].end >= range.end {
            if index.tree.is_element(at) {
                best = at;
            }
            at += 1;
        } else {
            at = index.tree.nodes[at].end.max(at + 1);
        }
    }
    best
}

/// A text cut at its full stops; those of abbreviations cut nothing.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in memchr_iter(b'.', text.as_bytes()) {
        if text.as_bytes().get(at + 1) == Some(&b' ')
            && !names::ends_in_abbreviation(&text[start..=at])
        {
            parts.push(start..at + 1);
            start = at + 2;
        }
    }
    parts.push(start..text.len());
    if text.is_ascii() {
        return parts;
    }
    // What 、 parts is an enumeration, and what ， parts beside it are clauses.
    let cut = |part: Range<usize>| {
        let mut from = part.start;
        let clauses = text[part.clone()].contains('、');
        let sentences = text[part].split_inclusive(move |it| it == '。' || clauses && it == '，');
        sentences.map(move |sentence| {
            from += sentence.len();
            from - sentence.len()..from
        })
    };
    parts.into_iter().flat_map(cut).collect()
}

/// How a sentence is cut into members.
struct Cut {
    /// What parts them.
    separator: &'static [char],
    /// Whether it is a single comma, which is enough where the words before it say what follows: "Our partners are A, B and C".
    short: bool,
}

impl Cut {
    /// The surest separator that a sentence has.
    fn of(text: &str) -> Option<Self> {
        SEPARATORS.iter().find_map(|separator| {
            let mut parted = parted_at(text, separator);
            let (at, _) = parted.next()?;
            let short = separator.contains(&',') && parted.next().is_none();
            let fits = !short || ends_in_and(&text[at..]) && names::tells_relation(&text[..at]);
            fits.then_some(Self { separator, short })
        })
    }

    /// Whether commas part the members.
    fn is_comma(&self) -> bool {
        self.separator.contains(&',')
    }
}

/// The enumeration in a sentence, if it has one.
fn of_sentence(index: &PageIndex<'_>, node: usize, range: &Range<usize>) -> Option<Draft> {
    let text = index.text(range);
    let cut = Cut::of(text)?;
    if names_nobody(index, range, cut.separator) {
        return None;
    }
    let (start, members) = likeliest(index, range, &cut)?;
    let lead = &text[..start];
    let relation = names::tells_relation(lead);
    if is_town(text, &members)
        || cut.short && !relation
        || !relation && is_plain_sentence(index, node, range)
    {
        return None;
    }
    let noted = |member: &Range<usize>| before_note(&text[member.clone()]) < member.len();
    let leads = |heading: &Range<usize>| {
        let text = index.text(heading);
        text.ends_with(':') && names::says_group(text)
    };
    let announced = relation
        || lead.trim_end().ends_with(':')
            && members.iter().filter(|it| noted(it)).count() * 10 >= members.len() * 8
        || (members.len() >= 3
            && !in_item(index, node)
            && heading_before(index, range.start, node).is_some_and(|heading| {
                heading.end <= range.start && (index.telling(&heading).strong || leads(&heading))
            }));
    let observed = match (announced, cut.is_comma()) {
        (true, _) => Some(Observed::Announced),
        (false, true) if in_item(index, node) => Some(Observed::CommasInItem),
        (false, true) => Some(Observed::OnlyCommas),
        (false, false) if members.len() == 2 => Some(Observed::OnlyTwo),
        (false, false) => None,
    };
    let item = |member: Range<usize>| Item {
        node,
        record: node..node + 1,
        range: range.start + member.start..range.start + member.end,
        source: NameSource::Text,
    };
    Some(Draft {
        strategy: Strategy::Prose,
        container: node,
        caption: (lead.trim_end().ends_with(':') && lead.len() <= 90)
            .then(|| range.start..range.start + lead.trim_end().len()),
        items: members.into_iter().map(item).collect(),
        observed: observed.map(|what| (what, 1.0)).into_iter().collect(),
    })
}

/// Where the enumeration of a sentence starts, and its members, in bytes of the sentence. The whole line is the enumeration, or
/// what is behind one of the openings before the first separator: the start whose members look most like names.
fn likeliest(
    index: &PageIndex<'_>,
    range: &Range<usize>,
    cut: &Cut,
) -> Option<(usize, Vec<Range<usize>>)> {
    let text = index.text(range);
    let (first, _) = parted_at(text, cut.separator).next()?;
    let mut best: Option<(f64, usize, Vec<Range<usize>>)> = None;
    for start in starts(&text[..first]) {
        let members = members(index, range, start, cut.separator);
        if members.len() < if cut.is_comma() { 3 } else { 2 } {
            continue;
        }
        // The last first: all but the first are the same wherever the enumeration starts, and their signs are known.
        let mut sum = 0.0;
        let all = members.iter().rev().all(|member| {
            let head = before_note(&text[member.clone()]);
            let own = range.start + member.start..range.start + member.start + head;
            let likeness = index.signs(&index.trimmed(&own)).likeness;
            sum += likeness;
            likeness >= POSSIBLE
        });
        let mean = sum / members.len() as f64;
        // A text that ends in a colon leads an enumeration, and is not a part of it.
        let led = text[..start].trim_end().ends_with(':');
        let mean = if led { mean + LED } else { mean };
        if all && mean >= CLEAR && best.as_ref().is_none_or(|best| mean > best.0) {
            best = Some((mean, start, members));
        } else if !all && start == 0 && sum < POSSIBLE && !text[..first].contains(['(', ')']) {
            // No other start makes a name of the last.
            return None;
        }
    }
    best.map(|(_, start, members)| (start, members))
}

/// How much of a member stands before the brackets in which it ends.
fn before_note(member: &str) -> usize {
    let open = member.find(" (").filter(|at| *at > 0);
    let closed = member.trim_end().ends_with(')');
    open.filter(|_| closed).unwrap_or(member.len())
}

/// Whether the members are a town and what it lies in: "St. Ives, Scotland, United Kingdom".
fn is_town(text: &str, members: &[Range<usize>]) -> bool {
    let is_country = |member: Option<&Range<usize>>| {
        member.is_some_and(|member| names::is_country(&text[member.clone()]))
    };
    is_country(members.last()) && !is_country(members.first())
}

/// Whether nothing but separators speaks for names in a script without capitals: separators part many other things there.
fn is_plain_sentence(index: &PageIndex<'_>, node: usize, range: &Range<usize>) -> bool {
    let text = index.text(range);
    let whole = range.len() == index.flow.spans[node].len();
    let sentence = || text.contains(['，', '：', '。']) || text.trim_end().ends_with(['.', '।']);
    is_uncased(text) && (!whole || sentence())
}

/// Whether most letters of a text have no case, so that its words do not show which of them are names.
fn is_uncased(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let letters = || text.chars().filter(|it| it.is_alphabetic());
    let cased = letters().filter(|it| it.is_lowercase() || it.is_uppercase());
    cased.count() * 2 < letters().count()
}

/// Whether two things are joined in a text.
fn ends_in_and(text: &str) -> bool {
    text.split(' ').any(names::is_and) || text.contains(" as well as ")
}

/// Whether the first member that stands between two separators is no name, so that nothing here is an enumeration.
fn names_nobody(index: &PageIndex<'_>, sentence: &Range<usize>, separator: &[char]) -> bool {
    let text = index.text(sentence);
    let mut places = parted_at(text, separator);
    let (Some((first, length)), Some((second, _))) = (places.next(), places.next()) else {
        return false;
    };
    let part = first + length..second;
    if text[..second].contains(['(', ')']) || is_appended(&text[part.clone()]) {
        return false;
    }
    let part = without_small_words(text, part);
    let range = sentence.start + part.start..sentence.start + part.end;
    !part.is_empty() && index.signs(&range).likeness < POSSIBLE
}

/// Where one of the separators stands, and how long it is.
fn parted_at<'a>(
    text: &'a str,
    separator: &'a [char],
) -> impl Iterator<Item = (usize, usize)> + 'a {
    // The first bytes of the separators, of which there are three at most; the last stands for those that are missing.
    let first = |it: usize| -> u8 {
        let it = separator[it.min(separator.len() - 1)];
        let mut buffer = [0; 4];
        it.encode_utf8(&mut buffer).as_bytes()[0]
    };
    memchr3_iter(first(0), first(1), first(2), text.as_bytes()).filter_map(|at| {
        let letter = text[at..].chars().next()?;
        separator
            .contains(&letter)
            .then_some((at, letter.len_utf8()))
    })
}

/// Where the enumeration may start: at the beginning of the text before its first separator, and behind each opening.
fn starts(lead: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let bytes = lead.as_bytes();
    for at in memchr2_iter(b' ', b':', bytes) {
        if bytes[at] == b':' {
            starts.push(at + 1);
            continue;
        }
        let rest = &bytes[at..];
        let letter = usize::from(rest.get(1).copied().unwrap_or_default());
        starts.extend(
            OPENINGS[letter]
                .iter()
                .filter(|it| rest.starts_with(it.as_bytes()))
                .map(|it| at + it.len()),
        );
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The members behind `start`, in bytes of the sentence: cut at the separators and at the "and" before the last,
/// articles taken off.
fn members(
    index: &PageIndex<'_>,
    sentence: &Range<usize>,
    start: usize,
    separator: &[char],
) -> Vec<Range<usize>> {
    let text = index.text(sentence);
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut from = start;
    if text[start..].contains(['(', ')']) {
        let mut depth = 0_i32;
        for (at, it) in text[start..].char_indices() {
            let at = at + start;
            match it {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ if depth <= 0 && separator.contains(&it) => {
                    parts.push(from..at);
                    from = at + it.len_utf8();
                }
                _ => {}
            }
        }
    } else {
        for (at, length) in parted_at(&text[start..], separator) {
            parts.push(from..start + at);
            from = start + at + length;
        }
    }
    parts.push(from..text.len());
    // "A, B and C": the last part may hold two.
    if let Some(last) = parts.pop() {
        match cut_at_and(index, sentence, &last, parts.len()) {
            Some((one, other)) => parts.extend([one, other]),
            None => parts.push(last),
        }
    }
    rejoin_legal_forms(text, &mut parts);
    parts
        .into_iter()
        .map(|part| without_small_words(text, part))
        .filter(|it| !it.is_empty())
        .collect()
}

fn cut_at_and(
    index: &PageIndex<'_>,
    sentence: &Range<usize>,
    last: &Range<usize>,
    before: usize,
) -> Option<(Range<usize>, Range<usize>)> {
    let text = index.text(sentence);
    let part = &text[last.clone()];
    let trimmed = part.trim_start();
    // "…; and C" begins with the word: nothing to cut.
    let first = trimmed.split(' ').next();
    if before == 0 || first.is_some_and(names::is_and) || trimmed.starts_with("as well as ") {
        return None;
    }
    let mut end = None;
    let (at, behind) = memrchr_iter(b' ', part.as_bytes()).find_map(|at| {
        let end = end.replace(at)?;
        match &part[at + 1..end] {
            "as" => Some((part[..at].strip_suffix(" as well")?.len(), end + 1)),
            word => names::is_and(word).then_some((at, end + 1)),
        }
    })?;
    let one = last.start..last.start + at;
    let other = last.start + behind..last.end;
    let looks = |range: &Range<usize>| {
        let part = without_small_words(text, range.clone());
        index.signs(&(sentence.start + part.start..sentence.start + part.end))
    };
    let (whole, first, second) = (looks(last), looks(&one), looks(&other));
    // "Bakers, Brewers and Cooks Union" stays whole where the halves are no better names.
    (first.likeness.min(second.likeness) + HALVES >= whole.likeness).then_some((one, other))
}

/// "Acme, Inc." is one name.
fn rejoin_legal_forms(text: &str, parts: &mut Vec<Range<usize>>) {
    let mut at = 1;
    while at < parts.len() {
        if is_appended(&text[parts[at].clone()]) {
            parts[at - 1].end = parts[at].end;
            parts.remove(at);
        } else {
            at += 1;
        }
    }
}

/// A member without "and" and "the" before it and the stop behind it.
pub(super) fn without_small_words(text: &str, part: Range<usize>) -> Range<usize> {
    let inner = trim::trim(&text[part.clone()]);
    let mut range = part.start + inner.start..part.start + inner.end;
    if !text[range.clone()].starts_with(|letter: char| letter.is_lowercase() || letter == '&') {
        return range;
    }
    for word in ["and ", "und ", "et ", "y ", "e ", "& "] {
        if text[range.clone()].starts_with(word) {
            range.start += word.len();
        }
    }
    let articles = [
        "the ", "die ", "der ", "das ", "les ", "le ", "la ", "el ", "los ", "las ", "il ", "gli ",
        "l'", "l’", "het ",
    ];
    if let Some(article) = articles
        .iter()
        .find(|article| text[range.clone()].starts_with(**article))
    {
        range.start += article.len();
    }
    range
}
