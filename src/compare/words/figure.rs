//! Whether a page gives a number of things: the same number, a rounded one, or a different one.

use crate::compare::grounds::words as grounds;
use std::ops::Range;

use super::quotation::WordsAnswer;
use crate::{
    compare::{
        claim::{Place, Scope},
        names::{likeness::round, vocabulary},
        page_text::PageText,
        state,
    },
    finding::{Verdict, Why},
    language::{
        numbers::{Number, Text, is_equal, may_spell, meets, numbers},
        tokens::{Word, words_of},
        units::same_unit,
    },
    reading::Reading,
    text::{Folded, one_line},
};

/// Looks for a number of things (`134 countries`) on a page.
#[must_use]
pub fn figure(exact: &str, reading: &Reading, scope: Scope<'_>) -> WordsAnswer {
    in_page(exact, &PageText::of(reading), scope)
}

/// A figure on the page.
struct Given {
    range: Range<usize>,
    number: Number,
    /// Whether it counts the same thing as the claim.
    same_unit: bool,
}

/// What a page says about a figure: the number with the words around it.
pub(in crate::compare) fn in_page(
    exact: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> WordsAnswer {
    let mut answer = WordsAnswer {
        score: grounds::NO_SUCH_NUMBER.score,
        ..WordsAnswer::absent(exact)
    };
    let folded = Folded::of(exact);
    let own = words_of(folded.as_str());
    let claimed = Text {
        folded: folded.as_str(),
        words: &own,
        language: None,
        breaks: &|_| false,
    };
    let Some(wanted) = numbers(claimed).into_iter().next() else {
        let (why, detail) = (Why::NotSettled, "the figure has no number in it".to_owned());
        answer.verdict = Verdict::CannotTell { why, detail };
        return answer;
    };
    let unit = unit(&own, &wanted);
    let mut given = figures(page, &unit, wanted.sign);
    if let Some(within) = page.scope(scope) {
        given.sort_by_key(|it| {
            (
                !(within.start <= it.range.start && it.range.end <= within.end),
                it.range.start,
            )
        });
    }
    let of_unit = || given.iter().filter(|given| given.same_unit);
    let same: Vec<&Given> = of_unit().filter(|it| meets(&wanted, &it.number)).collect();
    if same.is_empty() {
        not_there(&mut answer, page, &wanted, &given, scope);
    } else {
        there(&mut answer, page, &wanted, &same);
    }
    answer
}

fn text_of(page: &PageText<'_>, given: &Given) -> String {
    one_line(
        page.reading
            .text
            .get(given.range.clone())
            .unwrap_or_default(),
    )
}

fn place_of(page: &PageText<'_>, given: &Given) -> Place {
    Place {
        range: Some(given.range.clone()),
        css: None,
        note: Some(page.place(&given.range)),
    }
}

/// The answer if the number, or a rounded form of it, is on the page.
fn there(answer: &mut WordsAnswer, page: &PageText<'_>, wanted: &Number, same: &[&Given]) {
    let equal = same.iter().any(|it| is_equal(wanted, &it.number));
    let ground = if equal {
        &grounds::SAME_NUMBER
    } else {
        &grounds::ROUNDED
    };
    answer.verdict = Verdict::Present;
    answer.found = same.first().map(|same| text_of(page, same));
    answer.score = ground.score;
    answer.reasons = vec![ground.reason()];
    answer.places = same.iter().map(|same| place_of(page, same)).collect();
}

/// The answer if the claimed number is not on the page: another number of the same thing, the number with other words, or nothing.
fn not_there(
    answer: &mut WordsAnswer,
    page: &PageText<'_>,
    wanted: &Number,
    given: &[Given],
    scope: Scope<'_>,
) {
    if let Some((near, off)) = nearest(page, wanted, given) {
        let there = text_of(page, near);
        let how = format!(
            "the number changed: {} in place of {}",
            shown(near.number.value),
            shown(wanted.value)
        );
        answer.reasons = vec![grounds::NUMBER_CHANGED.saying(&how)];
        answer.verdict = Verdict::Altered {
            to: there.clone(),
            how,
        };
        answer.found = Some(there);
        let [first, by_factor, least] = grounds::OTHER_NUMBER;
        answer.score = round((first - by_factor * off).max(least));
        answer.places = vec![place_of(page, near)];
        return;
    }
    answer.note = Some(format!("not in {}", page.extent()));
    let perhaps = |detail: String| Verdict::CannotTell {
        why: Why::Perhaps,
        detail,
    };
    let language = language_of(page);
    if let Some((why, detail)) = state::why(page.reading, scope.identity) {
        answer.verdict = Verdict::CannotTell { why, detail };
    } else if let Some(given) = given.iter().find(|it| is_equal(wanted, &it.number)) {
        let there = text_of(page, given);
        answer.verdict = perhaps(format!(
            "the number is there, beside other words: \"{there}\""
        ));
        answer.found = Some(there);
        answer.places = vec![place_of(page, given)];
    } else if wanted.value <= grounds::MAY_BE_SPELLED && may_spell(language.as_deref()) {
        answer.verdict =
            perhaps("the page may spell the number in words that are not known here".to_owned());
    } else {
        answer.reasons = vec![grounds::NO_SUCH_NUMBER.reason()];
    }
}

/// The number of the same unit on the page that the claimed one may have become, and the logarithm of the factor between them;
/// `None` if no number is near enough, or the page cannot be read.
fn nearest<'a>(
    page: &PageText<'_>,
    wanted: &Number,
    given: &'a [Given],
) -> Option<(&'a Given, f64)> {
    let off = |given: &Given| {
        let ratio = |value: f64| {
            (value.max(grounds::EXACTLY) / wanted.value.max(grounds::EXACTLY))
                .ln()
                .abs()
        };
        given.number.values().map(ratio).fold(f64::MAX, f64::min)
    };
    // `1.2 billion` for `1.2 million`.
    let is_rescaled = |off: f64| {
        let thousands = off / 1_000_f64.ln();
        thousands.round() >= 1.0 && (thousands - thousands.round()).abs() < grounds::EXACTLY
    };
    if state::is_opaque(page.reading.state) {
        return None;
    }
    given
        .iter()
        .filter(|given| given.same_unit)
        .map(|given| (given, off(given)))
        .filter(|(_, off)| {
            *off < grounds::FAR_APART
                || wanted.value >= grounds::MAY_BE_RESCALED && is_rescaled(*off)
        })
        .min_by(|one, other| one.1.total_cmp(&other.1))
}

/// The first part of the language tag that the page declares.
fn language_of(page: &PageText<'_>) -> Option<String> {
    let tag = page.reading.language.as_deref()?;
    let first = tag.split(['-', '_']).next()?;
    Some(first.to_ascii_lowercase())
}

fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        format!("{value}")
    }
}

/// What is counted, and on which side of the number it is.
enum Unit {
    /// `134 countries`.
    Behind(String),
    /// `founded in 2011`.
    Before(String),
    /// The number alone.
    Bare,
}

fn unit(own: &[Word<'_>], number: &Number) -> Unit {
    let content = |word: &&Word<'_>| !vocabulary::is_small(word.text);
    let behind = own.iter().skip(number.end).rfind(content);
    let before = own.iter().take(number.first).rfind(content);
    match (behind, before) {
        (Some(it), _) => Unit::Behind(stem(it.text)),
        (None, Some(it)) => Unit::Before(stem(it.text)),
        (None, None) => Unit::Bare,
    }
}

/// The figures of the page, with those of the unit marked: the unit is up to three words away, or labels the number in its own block.
fn figures(page: &PageText<'_>, unit: &Unit, sign: Option<&str>) -> Vec<Given> {
    let folded = page.folded.as_str();
    let words = words_of(folded);
    let language = language_of(page);
    let breaks = |at: usize| {
        let original = page.folded.original(at..at + 1);
        page.reading
            .text
            .get(original)
            .is_some_and(|text| text.contains('\n'))
    };
    let all = numbers(Text {
        folded,
        words: &words,
        language: language.as_deref(),
        breaks: &breaks,
    });
    let sight = Sight {
        page,
        folded,
        words: &words,
        unit,
        sign,
    };
    let given = all.iter().enumerate().filter_map(|(at, number)| {
        let next = all.get(at + 1).map(|all| all.first);
        let same = sight
            .counted(number, next)
            .or_else(|| sight.labelled(number));
        let bare = || {
            let end = words.get(number.end - 1)?.range.end;
            Some(words.get(number.first)?.range.start..end)
        };
        Some(Given {
            same_unit: same.is_some(),
            range: page.folded.original(same.or_else(bare)?),
            number: number.clone(),
        })
    });
    given.collect()
}

/// The words of a page, prepared for the search for a unit.
struct Sight<'a> {
    page: &'a PageText<'a>,
    folded: &'a str,
    words: &'a [Word<'a>],
    unit: &'a Unit,
    sign: Option<&'a str>,
}

impl Sight<'_> {
    fn is(&self, at: usize, unit: &str) -> bool {
        self.words
            .get(at)
            .is_some_and(|word| same_unit(&stem(word.text), unit))
    }

    /// Whether a word shows that the words after it are not what is counted: `10,000 pages on trees`.
    fn turns(&self, at: usize) -> bool {
        const TURNING: [&str; 16] = [
            "on", "in", "for", "at", "with", "to", "per", "by", "from", "about", "through", "sur",
            "für", "sobre", "para", "pour",
        ];
        let word = self.words.get(at).map_or("", |word| word.text);
        TURNING.contains(&word)
    }

    /// The place of a number with its unit, if the unit is near; a unit after the `next` number belongs to that number.
    fn counted(&self, number: &Number, next: Option<usize>) -> Option<Range<usize>> {
        const REACH: usize = 4;
        let reach = next.map_or(REACH, |next| next.saturating_sub(number.end).min(REACH));
        let (first, last) = match self.unit {
            Unit::Behind(unit) => {
                let signed = number.sign.is_some_and(|sign| same_unit(&stem(sign), unit));
                let rest = number.rest.is_some_and(|(start, end)| {
                    self.folded
                        .get(start..end)
                        .is_some_and(|folded| same_unit(folded, unit))
                });
                let mut reached =
                    (number.end..number.end + reach).take_while(|at| !self.turns(*at));
                let behind = reached.find(|at| self.is(*at, unit));
                let last = if signed || rest {
                    Some(number.end - 1)
                } else {
                    behind
                };
                (number.first, last?)
            }
            Unit::Before(unit) => {
                let from = number.first.saturating_sub(REACH);
                let before = (from..number.first).rev().find(|at| self.is(*at, unit))?;
                (before, number.end - 1)
            }
            Unit::Bare => (number.first, number.end - 1),
        };
        let signs_agree = match (self.sign, number.sign) {
            (Some(a), Some(b)) => a == b,
            (Some(a), None) => (number.end..number.end + 2).any(|at| self.is(at, &stem(a))),
            (None, Some(_)) => !matches!(self.unit, Unit::Bare),
            (None, None) => true,
        };
        let between = self.words.get(first)?.range.start..self.words.get(last)?.range.end;
        // The point of an abbreviated scale does not end a sentence: `1,2 Mio. Menschen`.
        let own = self.words.get(number.end - 1)?.range.end;
        let scaled = number.end - number.first > 1 && between.end > own;
        let from = if scaled { own + 1 } else { between.start };
        let is_one = !self.folded.get(from..between.end)?.contains(". ");
        (signs_agree && is_one).then_some(between)
    }

    /// The place of a labelled number: `Countries: 134`, or alone in a block below or beside a short one with the unit.
    fn labelled(&self, number: &Number) -> Option<Range<usize>> {
        const LONGEST_LABEL: usize = 40;
        let Unit::Behind(unit) = self.unit else {
            return None;
        };
        if number.sign != self.sign && !(number.sign.is_none() && self.sign.is_some()) {
            return None;
        }
        let (first, last) = (
            self.words.get(number.first)?,
            self.words.get(number.end - 1)?,
        );
        let range = first.range.start..last.range.end;
        let label = number.first.checked_sub(1)?;
        let colon = self
            .folded
            .get(self.words.get(label)?.range.end..first.range.start)?
            .trim();
        if matches!(colon, ":" | "：") && self.is(label, unit) {
            return Some(self.words.get(label)?.range.start..range.end);
        }
        let original = self.page.folded.original(range.clone());
        let blocks = &self.page.reading.blocks;
        let own = blocks.partition_point(|block| block.range.end <= original.start);
        let block = blocks.get(own)?;
        let rest = block.range.len().checked_sub(original.len())?;
        let before = blocks.get(own.checked_sub(1)?)?;
        if rest > 3 || before.range.len() > LONGEST_LABEL {
            return None;
        }
        let folded = crate::text::fold(self.page.reading.text.get(before.range.clone())?);
        let has = words_of(&folded)
            .iter()
            .any(|it| same_unit(&stem(it.text), unit));
        has.then_some(range)
    }
}

/// A word without the ending of its plural.
fn stem(word: &str) -> String {
    match word {
        "children" => return "child".to_owned(),
        "women" => return "woman".to_owned(),
        "men" => return "man".to_owned(),
        "organisations" | "organisation" => return "organization".to_owned(),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|rest| rest.len() > 2) {
        return format!("{stem}y");
    }
    if let Some(stem) = word
        .strip_suffix("es")
        .filter(|rest| rest.ends_with(['s', 'x', 'h']))
    {
        return stem.to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}
