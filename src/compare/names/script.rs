//! One name in letters of two scripts: Latin beside Cyrillic, Greek or Georgian. Romanizations differ in vowels of one sound and in
//! marks, so the words are compared by what all of them agree in.

use std::collections::{BTreeSet, HashMap};

use super::{key::NameKey, likeness::Likeness, pool::Pool, ways};

/// With fewer letters a word agrees with too many others.
const LETTERS: usize = 3;

/// From this length on one letter may differ.
const ROOMY: usize = 5;

/// Whether a name is in letters of a script that is compared with Latin.
fn is_other(key: &NameKey) -> bool {
    // The first byte of a Greek letter or a later one.
    key.compact.bytes().next().is_some_and(|byte| byte >= 0xcd)
}

/// The words of a name in the form in which scripts agree.
fn words(key: &NameKey) -> Vec<String> {
    let words = key.tokens.iter().map(|token| skeleton(&token.text));
    words.filter(|word| !word.is_empty()).collect()
}

/// How alike two names in letters of two scripts are: every word of the shorter one is in the other, which has at most one more.
pub(super) fn likeness(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    if is_other(claimed) == is_other(found) {
        return None;
    }
    let (one, other) = (words(claimed), words(found));
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if short.len() < 2 || long.len() > short.len() + 1 {
        return None;
    }
    let mut left = long;
    let mut exact = false;
    for word in &short {
        let at = left.iter().position(|other| other == word);
        exact |= at.is_some() && word.chars().count() >= LETTERS;
        let at = at.or_else(|| left.iter().position(|other| is_near(word, other)))?;
        left.swap_remove(at);
    }
    exact.then(|| ways::OTHER_SCRIPT.found()).flatten()
}

/// Whether two words agree but for a letter.
fn is_near(one: &str, other: &str) -> bool {
    let letters = one.chars().count().min(other.chars().count());
    letters >= ROOMY && strsim::osa_distance(one, other) <= 1
}

/// Adds the names of a page that have a word in common with a claimed name of another script.
pub(super) fn add(
    claimed: &[NameKey],
    open: &[usize],
    pool: &Pool<'_>,
    near: &mut [BTreeSet<usize>],
) {
    let wanted = || open.iter().filter_map(|at| Some((*at, claimed.get(*at)?)));
    for other in [false, true] {
        if !wanted().any(|(_, key)| is_other(key) == other) {
            continue;
        }
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in pool.names.iter().enumerate() {
            if is_other(&name.key) != other {
                for word in words(&name.key) {
                    places.entry(word).or_default().push(at);
                }
            }
        }
        if places.is_empty() {
            continue;
        }
        for (at, key) in wanted().filter(|(_, key)| is_other(key) == other) {
            let telling = words(key).into_iter();
            let telling = telling.filter(|word| word.chars().count() >= LETTERS);
            let found = telling.filter_map(|word| places.get(&word)).flatten();
            if let Some(near) = near.get_mut(at) {
                near.extend(found);
            }
        }
    }
}

/// A word in the letters in which romanizations agree: without `i`, `y`, `j` and soft signs, `g` and `kh` as `h`.
fn skeleton(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    for letter in word.chars() {
        match romanized(letter) {
            Some(letters) => latin.push_str(letters),
            None => latin.push(letter),
        }
    }
    let latin = latin
        .replace("kh", "h")
        .replace("ph", "f")
        .replace("gh", "h")
        .replace('x', "ks");
    let letters = latin.chars().filter(|letter| !"iyj".contains(*letter));
    letters
        .map(|letter| match letter {
            'g' => 'h',
            'w' => 'v',
            _ => letter,
        })
        .collect()
}

/// The Latin letters of a folded letter of another script.
fn romanized(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' | 'я' | 'α' | 'ა' => "a",
        'б' | 'ბ' => "b",
        'в' | 'β' | 'ვ' => "v",
        'г' | 'х' | 'γ' | 'χ' | 'გ' | 'ხ' | 'ღ' | 'ჰ' => "h",
        'ґ' => "g",
        'д' | 'δ' | 'დ' => "d",
        'е' | 'є' | 'э' | 'ё' | 'ε' | 'ე' => "e",
        'ж' | 'ჟ' => "zh",
        'з' | 'ζ' | 'ზ' => "z",
        'и' | 'і' | 'ї' | 'й' | 'ы' | 'ь' | 'ъ' | 'ј' | 'η' | 'ι' | 'υ' | 'ი' => "",
        'к' | 'κ' | 'კ' | 'ქ' | 'ყ' => "k",
        'л' | 'λ' | 'ლ' | 'љ' => "l",
        'м' | 'μ' | 'მ' => "m",
        'н' | 'ν' | 'ნ' | 'њ' => "n",
        'о' | 'ο' | 'ω' | 'ო' => "o",
        'п' | 'π' | 'პ' | 'ფ' => "p",
        'р' | 'ρ' | 'რ' => "r",
        'с' | 'σ' | 'ς' | 'ს' => "s",
        'т' | 'τ' | 'თ' | 'ტ' => "t",
        'у' | 'ю' | 'ў' | 'უ' => "u",
        'ф' | 'φ' => "f",
        'ц' | 'ც' | 'წ' => "ts",
        'ч' | 'ჩ' | 'ჭ' => "ch",
        'ш' | 'შ' => "sh",
        'щ' => "shch",
        'θ' => "th",
        'ξ' => "ks",
        'ψ' => "ps",
        'ძ' => "dz",
        'ჯ' => "j",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_letters_of_another_script_is_that_name() {
        let alike =
            |one: &str, other: &str| likeness(&NameKey::of(one), &NameKey::of(other)).is_some();
        for (latin, other) in [
            ("Olena Tkachuk", "Ткачук Олена Іванівна"),
            ("Andriy Shchur", "Щур Андрій"),
            ("Dmitry Alexeev", "Алексеев Дмитрий"),
            ("Nikos Karras", "Νίκος Καρράς"),
            ("Giorgi Beridze", "გიორგი ბერიძე"),
        ] {
            assert!(alike(latin, other), "{latin}: {other}");
            assert!(alike(other, latin), "{other}: {latin}");
        }
        for (latin, other) in [
            ("Olena Tkachuk", "Ткаченко Олена Іванівна"),
            ("Olena Tkachuk", "Ткачук Ірина"),
            ("Olena", "Олена"),
            ("Olena Tkachuk", "Olena Tkachuk"),
        ] {
            assert!(!alike(latin, other), "{latin}: {other}");
        }
    }
}
