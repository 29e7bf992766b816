//! Names to each of which the page adds something: a trade, a town, an office. What is added to all is not part of a new name.

use super::{
    key::NameKey,
    likeness::{Grade, Likeness},
    matches::Matches,
    pool::Pool,
};
use crate::{compare::grounds::names as grounds, language::Lexicon};

/// The least number of names with an addition, and the least share of the matched names in tenths.
const LEAST: usize = 3;
const IN_TEN: usize = 6;

/// Matches claimed names if the page continues after nearly all of them.
pub(in crate::compare) fn settle(claimed: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    affiliated(claimed, pool, matches);
    in_office(claimed, pool, matches);
    with_notes(claimed, pool, matches);
    let goes_on_at = |key: &NameKey, at: usize| {
        let found = pool.names.get(at).map(|name| name.key.exact.as_str());
        found.is_some_and(|found| goes_on(&key.exact, found))
    };
    let longer = |key: &NameKey, pair: &(usize, Likeness)| {
        pair.1.grade <= Grade::Variant && goes_on_at(key, pair.0)
    };
    let same = |of: &[(usize, Likeness)]| of.iter().any(|pair| pair.1.grade >= Grade::Same);
    // What is the same name with an addition shows the habit of the page as well.
    let (mut added, mut all) = (0, 0);
    for (key, of) in claimed.iter().zip(&matches.of) {
        let alike = |pair: &(usize, Likeness)| pair.1.grade >= Grade::Same;
        let grows = if same(of) {
            of.iter()
                .filter(|pair| alike(pair))
                .all(|pair| goes_on_at(key, pair.0))
        } else {
            of.iter().any(|pair| longer(key, pair))
        };
        added += usize::from(grows);
        all += usize::from(grows || of.iter().any(|pair| pair.1.grade >= Grade::Variant));
    }
    if added < LEAST || added * 10 < all * IN_TEN {
        return;
    }
    for (key, of) in claimed.iter().zip(&mut matches.of) {
        if same(of) {
            continue;
        }
        let Some(at) = of.iter().position(|it| longer(key, it)) else {
            continue;
        };
        if let Some(it) = of.get_mut(at) {
            it.1 = Likeness {
                grade: Grade::Same,
                score: grounds::ADDITION.score,
                reasons: vec![grounds::ADDITION.reason()],
            };
        }
    }
}

/// Matches names whose affiliation in brackets changed, if nearly all have one.
fn affiliated(claimed: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    let body = |key: &NameKey| key.exact.split_once(" (").map(|halves| halves.0.to_owned());
    let bodies: Vec<Option<String>> = claimed.iter().map(body).collect();
    let with = bodies.iter().flatten().count();
    if with < LEAST || with * 10 < claimed.len() * IN_TEN {
        return;
    }
    for (own, of) in bodies.iter().zip(&mut matches.of) {
        if own.is_none() || of.iter().any(|pair| pair.1.grade >= Grade::Same) {
            continue;
        }
        let is_it = |at: usize| {
            let key = pool.names.get(at).map(|name| &*name.key);
            key.is_some_and(|key| body(key) == *own || Some(&key.exact) == own.as_ref())
        };
        if let Some(it) = of.iter_mut().find(|pair| is_it(pair.0)) {
            it.1 = Likeness {
                grade: Grade::Same,
                score: grounds::AFFILIATION.score,
                reasons: vec![grounds::AFFILIATION.reason()],
            };
        }
    }
}

/// Matches names beside which the page has an office, set off from them: `Treasurer – Jane Roe`, `Jane Roe, treasurer`.
fn in_office(claimed: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    for (key, of) in claimed.iter().zip(&mut matches.of) {
        if key.tokens.len() < 2 || of.iter().any(|pair| pair.1.grade >= Grade::Same) {
            continue;
        }
        let says_office = |at: usize| {
            let found = pool.names.get(at).map(|name| name.key.exact.as_str());
            found.is_some_and(|found| is_beside_office(&key.exact, found))
        };
        if let Some(it) = of.iter_mut().find(|pair| says_office(pair.0)) {
            it.1 = Likeness {
                grade: Grade::Same,
                score: grounds::ADDITION.score,
                reasons: vec![grounds::ADDITION.reason()],
            };
        }
    }
}

/// Matches names behind which the page has a note, in brackets or behind a comma, where its list has one behind nearly every name, and no
/// other name of the page goes on like that.
fn with_notes(claimed: &[NameKey], pool: &Pool<'_>, matches: &mut Matches) {
    let surface = |at: &usize| pool.names.get(*at).map_or("", |name| &name.item.surface);
    let has_habit = |at: usize, sign: char| {
        let lists = pool.held_by.get(at).into_iter().flatten();
        let mut lists = lists.filter_map(|list| pool.members.get(*list));
        lists.any(|list| {
            let with = list.iter().filter(|at| surface(at).contains(sign)).count();
            with >= LEAST && with * 10 >= list.len() * IN_TEN
        })
    };
    for (key, of) in claimed.iter().zip(&mut matches.of) {
        if key.tokens.len() < 2 || of.iter().any(|pair| pair.1.grade >= Grade::Same) {
            continue;
        }
        let sign_of = |at: usize| {
            let found = pool
                .names
                .get(at)?
                .key
                .exact
                .strip_prefix(key.exact.as_str())?;
            let sign = found.trim_start().chars().next()?;
            matches!(sign, '(' | ',').then_some(sign)
        };
        let mut grown = of.iter_mut().filter_map(|it| Some((sign_of(it.0)?, it)));
        if let (Some((sign, it)), None) = (grown.next(), grown.next())
            && has_habit(it.0, sign)
        {
            it.1 = Likeness {
                grade: Grade::Same,
                score: grounds::ADDITION.score,
                reasons: vec![grounds::ADDITION.reason()],
            };
        }
    }
}

/// Whether a folded text is a name and, set off from it, an office.
pub(super) fn is_beside_office(name: &str, text: &str) -> bool {
    let sign =
        |it: char| matches!(it, '-' | '–' | '—' | ':' | ',' | '|' | '/' | '(' | ')') || it == ' ';
    let Some((before, behind)) = around(name, text) else {
        return false;
    };
    let (before, behind) = (before.trim_matches(sign), behind.trim_matches(sign));
    let office = |part: &str| part.is_empty() || Lexicon::is_role(part);
    !(before.is_empty() && behind.is_empty()) && office(before) && office(behind)
}

/// What a folded text has around a name that is in it as whole words.
pub(super) fn around<'a>(name: &str, text: &'a str) -> Option<(&'a str, &'a str)> {
    let apart = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
    text.split_once(name).filter(|(before, behind)| {
        apart(before.chars().next_back()) && apart(behind.chars().next())
    })
}

/// Whether the name on the page is the claimed one with an addition.
fn goes_on(claimed: &str, found: &str) -> bool {
    claimed.chars().count() >= 4
        && found
            .strip_prefix(claimed)
            .is_some_and(|rest| rest.starts_with([' ', ',', ';', ':', '(']))
}

#[cfg(test)]
mod tests {
    use crate::compare::{
        names::{key::NameKey, likeness::Grade, matches::Matches, pool::Pool},
        testing::listing,
    };

    fn same(claimed: &[&str], page: &[&str]) -> usize {
        let reading = listing(&[("Partners", page)], "");
        let pool = Pool::of(&reading.lists);
        let keys: Vec<NameKey> = claimed.iter().map(|claimed| NameKey::of(claimed)).collect();
        let mut matches = Matches::of(&keys, &pool);
        super::settle(&keys, &pool, &mut matches);
        let of = matches.of.iter();
        of.filter(|pair| pair.iter().any(|pair| pair.1.grade >= Grade::Same))
            .count()
    }

    #[test]
    fn what_the_page_adds_to_every_name_makes_no_other_of_it() {
        let claimed = ["Roe Jane", "Doe Richard", "Moss Hanna", "Hill Victor"];
        let page = [
            "Roe Jane - Chemist",
            "Doe Richard - Teacher of music",
            "Moss Hanna - Nurse",
        ];
        assert_eq!(same(&claimed, &page), 3);
        let page = [
            "Roe Jane - Chemist",
            "Doe Richard",
            "Moss Hanna",
            "Hill Victor",
        ];
        assert_eq!(
            same(&claimed, &page),
            3,
            "one name that grew is another matter"
        );
        let claimed = [
            "Nora Quill",
            "Ilona Ferrante",
            "Rasma Ozola",
            "School of River Law, Tern University",
            "Institute of Low Water, Tern University",
            "Department of Weirs, Merrow College",
        ];
        let page = claimed.map(|name| format!("{name}, Wroclawek"));
        let page: Vec<&str> = page.iter().map(String::as_str).collect();
        assert_eq!(same(&claimed, &page), 6);
    }
}
