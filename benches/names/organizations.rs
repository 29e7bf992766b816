//! Names of organizations that do not exist, and respellings of them: for the benchmark of names and for tests.

/// A row of numbers that looks random and is the same every time (Steele, Lea and Flood's SplitMix64).
struct Numbers(u64);

impl Numbers {
    /// A number under `end`.
    fn under(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((it ^ (it >> 31)) % end as u64).unwrap_or_default()
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.under(words.len())]
    }
}

/// Names of organizations that do not exist: `claimed` of them, and a page's, which has half of the claimed ones, as they are
/// or as names are respelt in life.
pub(crate) fn organizations(seed: u64, claimed: usize, page: usize) -> (Vec<String>, Vec<String>) {
    let mut numbers = Numbers(seed);
    let mut names: Vec<String> = Vec::new();
    while names.len() < claimed + page {
        let name = organization(&mut numbers);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let claimed = names.split_off(page);
    for (at, name) in claimed.iter().enumerate().filter(|it| it.0 % 2 == 0) {
        names[at * page / claimed.len()] = respelt(name, &mut numbers);
    }
    (claimed, names)
}

fn organization(numbers: &mut Numbers) -> String {
    const STEMS: [&str; 24] = [
        "Al", "Bir", "Ced", "Dun", "El", "Fal", "Gar", "Hol", "Iver", "Jas", "Kel", "Lin", "Mar",
        "Nor", "Oak", "Pem", "Quill", "Ros", "Sax", "Thorn", "Ul", "Ves", "Wil", "York",
    ];
    const ENDS: [&str; 16] = [
        "der", "ch", "bridge", "field", "ford", "gate", "ham", "is", "land", "mont", "more", "ner",
        "ton", "vale", "wick", "wood",
    ];
    const KINDS: [&str; 20] = [
        "Foundation",
        "Institute",
        "Center",
        "Alliance",
        "Trust",
        "Network",
        "Society",
        "Council",
        "Fund",
        "Association",
        "Coalition",
        "House",
        "Forum",
        "Project",
        "University",
        "Initiative",
        "Museum",
        "League",
        "Union",
        "Partners",
    ];
    const FIELDS: [&str; 20] = [
        "Peace",
        "Justice",
        "Mediation",
        "Health",
        "Education",
        "Climate",
        "Water",
        "Housing",
        "Arts",
        "Youth",
        "Refugee",
        "Civic",
        "Digital",
        "Rural",
        "Public",
        "Food",
        "Ocean",
        "Labor",
        "Women",
        "Dialogue",
    ];
    const PLACES: [&str; 8] = [
        "Norway", "Kenya", "Ohio", "Texas", "Berlin", "Sweden", "Leeds", "Peru",
    ];
    let own = format!("{}{}", numbers.of(&STEMS), numbers.of(&ENDS));
    let (kind, field) = (numbers.of(&KINDS), numbers.of(&FIELDS));
    match numbers.under(9) {
        0 => format!("{own} {kind}"),
        1 | 2 => format!("{own} {field} {kind}"),
        3 => format!("{kind} for {field} and {}", numbers.of(&FIELDS)),
        4 => format!("{own} {kind} of {}", numbers.of(&PLACES)),
        5 => format!("The {own} {field} {kind}, Inc."),
        6 => format!("{} {own} {field} {kind}", numbers.of(&PLACES)),
        7 => format!("{own} & {}{} {kind}", numbers.of(&STEMS), numbers.of(&ENDS)),
        _ => format!("International {field} {kind} {own}"),
    }
}

fn respelt(name: &str, numbers: &mut Numbers) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    let letters: Vec<char> = name.chars().collect();
    let at = 1 + numbers.under(letters.len() - 2);
    let without = |at: usize| -> String {
        let kept = letters.iter().enumerate().filter(|it| it.0 != at);
        kept.map(|it| it.1).collect()
    };
    match numbers.under(10) {
        0 | 1 => name.to_owned(),
        2 => name.to_uppercase(),
        3 => without(at),
        4 => {
            let mut swapped = letters.clone();
            swapped.swap(at, at - 1);
            swapped.into_iter().collect()
        }
        5 => words.iter().filter_map(|it| it.chars().next()).collect(),
        6 => format!("{name} International"),
        7 => words.concat(),
        8 => format!("{name} (formerly {})", organization(numbers)),
        _ => words.iter().rev().copied().collect::<Vec<_>>().join(" "),
    }
}
