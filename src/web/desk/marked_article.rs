//! The text of an article with its claims marked: each name, quotation and figure, and the sentences around them.

use std::ops::Range;

use super::{
    entries::{claim_words, decided},
    say,
};
use crate::{
    article::SourceText,
    desk::Item,
    finding::Finding,
    profile::{Claim, ListedName, Profile, Span, Statement},
    report::{Label, said, since},
    web::pages::encoded,
};

/// A stretch of the article: plain text, or a link to what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The text.
    pub(super) words: String,
    /// Where a marked stretch leads; empty for plain text.
    pub(super) href: String,
    /// Its tone, as a class of the style sheet.
    pub(super) tone: &'static str,
    /// The sign of its label, at the end of what is marked; empty where the page says what the article says.
    pub(super) sign: &'static str,
    /// What was found, in words.
    pub(super) says: String,
}

/// A place in the article that is marked. Of places that overlap, the shorter one counts.
struct Place {
    range: Range<usize>,
    href: String,
    tone: &'static str,
    sign: &'static str,
    says: String,
}

/// The text of an article in stretches; `href` is the address of its profile.
pub(super) fn stretches(
    source: &SourceText<'_>,
    profile: &Profile,
    items: &[&Item],
    href: &str,
) -> Vec<Stretch> {
    let mut spans = Vec::new();
    let mut marks = Vec::new();
    for claim in &profile.claims {
        let own: Vec<&Item> = items
            .iter()
            .filter(|item| item.finding().subject.claim() == Some(claim.id.as_str()))
            .copied()
            .collect();
        if let Some(span) = claim.bytes {
            spans.push(span);
            marks.push(of_claim(claim, &own, href));
        }
        for (at, span) in claim.spans.iter().enumerate() {
            if let Some(item) = of_span(claim, at, &own) {
                spans.push(*span);
                marks.push(of_item(item));
            }
        }
    }
    for reference in &profile.references {
        let fate = items.iter().find(|item| {
            item.finding().fate().is_some() && item.placed.reference == reference.number
        });
        if let Some((span, fate)) = reference.bytes.zip(fate) {
            spans.push(span);
            let to = format!("{href}/references/{}", reference.number);
            marks.push(Mark {
                href: to,
                ..of_item(fate)
            });
        }
    }
    cut(source, &spans, marks)
}

/// A mark without its place.
struct Mark {
    href: String,
    tone: &'static str,
    sign: &'static str,
    says: String,
}

fn of_item(item: &Item) -> Mark {
    let finding = item.finding();
    let label = Label::of(finding);
    let is_decided = item.state.is_decided();
    let mut says = format!("{}. {} {}", label.words(), said(finding), since(finding));
    if is_decided {
        says = format!("{} {}", says.trim_end(), decided(item));
    }
    Mark {
        href: format!("/f/{}", finding.id),
        tone: if is_decided {
            "decided"
        } else {
            label.tone().class()
        },
        sign: match (is_decided, label) {
            (true, _) => "✓",
            (false, Label::Present | Label::Live) => "",
            (false, label) => label.sign(),
        },
        says: says.trim().to_owned(),
    }
}

/// The mark of a sentence: all that was found about its claim.
fn of_claim(claim: &Claim, own: &[&Item], href: &str) -> Mark {
    let words = claim_words(&claim.statement, &claim.id);
    let tally = say::tally(own.iter().map(|item| Label::of(item.finding())));
    Mark {
        href: format!("{href}/claims/{}", encoded(&claim.id)),
        tone: "claim",
        sign: "",
        says: if own.is_empty() {
            format!("{words}: not compared yet")
        } else {
            format!("{words}: {tally}")
        },
    }
}

/// The finding about what a claim has at one of its places.
fn of_span<'a>(claim: &Claim, at: usize, own: &[&'a Item]) -> Option<&'a Item> {
    let readings = match &claim.statement {
        Statement::Listed { names, .. } => names.get(at).map(ListedName::readings)?,
        Statement::Quoted { exact } | Statement::Figure { exact } | Statement::Stated { exact } => {
            vec![exact.clone()]
        }
        Statement::Relation { object, .. } => vec![object.clone()],
    };
    let is_about = |finding: &Finding| {
        let words = finding.subject.words();
        words.is_some_and(|words| readings.iter().any(|reading| reading == words))
    };
    let found = own.iter().filter(|item| is_about(item.finding()));
    found.min_by_key(|item| item.finding().weight()).copied()
}

/// Cuts the text at the ends of all marks.
fn cut(source: &SourceText<'_>, spans: &[Span], marks: Vec<Mark>) -> Vec<Stretch> {
    let ranges = source.ranges(spans);
    let places = ranges.into_iter().zip(marks).filter_map(|(range, mark)| {
        Some(Place {
            range: range?,
            href: mark.href,
            tone: mark.tone,
            sign: mark.sign,
            says: mark.says,
        })
    });
    let mut places: Vec<Place> = places.collect();
    // The innermost place comes last, and counts; of equal places, the one that was given last.
    places.sort_by_key(|place| (place.range.start, std::cmp::Reverse(place.range.end)));
    let mut out = Vec::new();
    let mut open: Vec<&Place> = Vec::new();
    let mut at = 0;
    for place in &places {
        close(source, &mut out, &mut open, (&mut at, place.range.start));
        // A place that crosses the end of another one would have to be cut in two.
        let crosses = open
            .last()
            .is_some_and(|outer| outer.range.end < place.range.end);
        if crosses {
            continue;
        }
        push(source, &mut out, open.last(), at..place.range.start);
        at = place.range.start;
        open.push(place);
    }
    let end = source.text.len();
    close(source, &mut out, &mut open, (&mut at, end));
    push(source, &mut out, None, at..end);
    out
}

/// Ends the open places that end before `until`.
fn close(
    source: &SourceText<'_>,
    out: &mut Vec<Stretch>,
    open: &mut Vec<&Place>,
    (at, until): (&mut usize, usize),
) {
    while let Some(inner) = open
        .last()
        .filter(|inner| inner.range.end <= until)
        .copied()
    {
        push(source, out, Some(&inner), *at..inner.range.end);
        *at = inner.range.end;
        open.pop();
        if let Some(last) = out.last_mut().filter(|last| last.href == inner.href) {
            last.sign = inner.sign;
        }
    }
}

fn push(source: &SourceText<'_>, out: &mut Vec<Stretch>, of: Option<&&Place>, range: Range<usize>) {
    let words = source.legible(range);
    if words.is_empty() {
        return;
    }
    // Only text that can be read is a link.
    let of = of.filter(|_| words.contains(char::is_alphanumeric));
    out.push(Stretch {
        words,
        href: of.map_or(String::new(), |of| of.href.clone()),
        tone: of.map_or("", |of| of.tone),
        sign: "",
        says: of.map_or(String::new(), |of| of.says.clone()),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(href: &str, sign: &'static str) -> Mark {
        Mark {
            href: href.to_owned(),
            tone: "bad",
            sign,
            says: String::new(),
        }
    }

    fn shown(text: &str, spans: &[[u32; 2]], marks: Vec<Mark>) -> String {
        let source = SourceText::of(text.as_bytes(), None, None);
        let spans: Vec<Span> = spans.iter().map(|span| Span::from(*span)).collect();
        let stretches = cut(&source, &spans, marks);
        let show = |it: &Stretch| match it.href.as_str() {
            "" => it.words.clone(),
            href => format!("[{href}:{}{}]", it.words, it.sign),
        };
        stretches.iter().map(show).collect()
    }

    #[test]
    fn names_are_marked_in_their_sentence_and_nothing_is_lost() {
        let text = "One. Its members are Ash, Birch and Elm. Two.";
        let marks = vec![mark("s", ""), mark("a", "✕"), mark("b", "→")];
        assert_eq!(
            shown(text, &[[5, 40], [21, 24], [26, 31]], marks),
            "One. [s:Its members are ][a:Ash✕], [b:Birch→][s: and Elm.] Two."
        );
    }

    #[test]
    fn a_place_that_crosses_another_or_is_nowhere_is_left_out() {
        let text = "Ash and Birch lend.";
        let marks = vec![mark("a", ""), mark("b", ""), mark("c", "")];
        assert_eq!(
            shown(text, &[[0, 7], [4, 13], [90, 99]], marks),
            "[a:Ash and] Birch lend."
        );
    }

    #[test]
    fn a_sentence_that_is_also_a_quotation_has_one_mark() {
        let text = "Ash lends.";
        let marks = vec![mark("s", ""), mark("q", "✕")];
        assert_eq!(shown(text, &[[0, 10], [0, 10]], marks), "[q:Ash lends.✕]");
    }
}
