//! Finds any of many phrases at the beginnings of a text's words, in one pass for all rows of them.

/// How many slots there are for the hashes of the phrases' first three bytes.
const SLOTS: usize = 1 << 13;

/// Rows of phrases by their first three bytes.
pub(super) struct Matcher {
    /// Where the phrases of a hash begin in `phrases`, and where they end.
    starts: Vec<(u16, u16)>,
    /// Each with the row it is of; phrases of one start stand together, in the order given.
    phrases: Vec<(usize, &'static str)>,
    /// Whether any phrase begins with three bytes of this hash, one bit each.
    first: Vec<u64>,
    /// Whether any phrase begins with a mark rather than a letter or a digit.
    marked: bool,
}

impl Matcher {
    /// For several rows of such phrases.
    pub(super) fn of_rows(rows: impl IntoIterator<Item = &'static str>, separator: char) -> Self {
        let mut by_start: std::collections::BTreeMap<usize, Vec<(usize, &'static str)>> =
            std::collections::BTreeMap::new();
        for (row, phrases) in rows.into_iter().enumerate() {
            for it in phrases.split(separator) {
                let it = it.trim_start();
                if let Some(start) = start(it.as_bytes()) {
                    by_start.entry(start).or_default().push((row, it));
                }
            }
        }
        let mut matcher = Self {
            starts: vec![(0, 0); SLOTS],
            phrases: Vec::new(),
            first: vec![0; SLOTS / 64],
            marked: false,
        };
        let place = |it: usize| u16::try_from(it).unwrap_or(u16::MAX);
        for (start, kin) in by_start {
            let from = matcher.phrases.len();
            matcher.marked |= kin.iter().any(|it| {
                it.1.starts_with(|it: char| it.is_ascii() && !it.is_ascii_alphanumeric())
            });
            matcher.phrases.extend(kin);
            matcher.first[start / 64] |= 1 << (start % 64);
            matcher.starts[start] = (place(from), place(matcher.phrases.len()));
        }
        matcher
    }

    /// Calls for every phrase at the beginning of a word, with its row and its place, until the call says `false`.
    pub(super) fn each(
        &self,
        text: &str,
        mut call: impl FnMut((usize, &'static str), usize) -> bool,
    ) {
        let bytes = text.as_bytes();
        let mut inside = false;
        let mut at = 0;
        while let Some(&it) = bytes.get(at) {
            if let Some(words) = bytes[at..].first_chunk().copied().and_then(words_of) {
                let first = words & !(words << 1 | u8::from(inside));
                let mut begins = if self.marked { first | !words } else { first };
                while begins != 0 {
                    let begin = at + begins.trailing_zeros() as usize;
                    if !self.at(&bytes[begin..], &mut |it| call(it, begin)) {
                        return;
                    }
                    begins &= begins - 1;
                }
                inside = words >> 7 == 1;
                at += 8;
                continue;
            }
            let begin = at;
            let begins = if it.is_ascii_alphanumeric() {
                let begins = !inside;
                inside = true;
                at += 1;
                at += bytes[at..]
                    .iter()
                    .position(|it| !it.is_ascii_alphanumeric())
                    .unwrap_or(bytes.len() - at);
                begins
            } else if it.is_ascii() {
                inside = false;
                at += 1;
                self.marked
            } else {
                let it = text[at..].chars().next().unwrap_or_default();
                // Some scripts part no words: there each character may begin one.
                let begins = !inside || !it.is_alphanumeric() || it >= '\u{3040}';
                inside = it.is_alphanumeric();
                at += it.len_utf8();
                begins
            };
            if begins && !self.at(&bytes[begin..], &mut |it| call(it, begin)) {
                return;
            }
        }
    }

    /// Calls for every phrase that `rest` starts with; `false` when told to stop.
    fn at(&self, rest: &[u8], call: &mut impl FnMut((usize, &'static str)) -> bool) -> bool {
        let Some(start) = start(rest) else {
            return true;
        };
        if self.first[start / 64] >> (start % 64) & 1 == 0 {
            return true;
        }
        let (from, to) = self.starts[start];
        self.phrases[usize::from(from)..usize::from(to)]
            .iter()
            .all(|&it| !rest.starts_with(it.1.as_bytes()) || call(it))
    }
}

/// Which of eight bytes are letters or digits, the first in the lowest bit; `None` unless all are ASCII.
fn words_of(bytes: [u8; 8]) -> Option<u8> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let all = u64::from_le_bytes(bytes);
    if all & HIGH != 0 {
        return None;
    }
    // No byte borrows from the next, for each begins with its highest bit set and ASCII is taken from it.
    let from = |all: u64, least: u8| (all | HIGH) - ONES * u64::from(least);
    let small = all | ONES << 5;
    let letters = from(small, b'a') & !from(small, b'z' + 1);
    let digits = from(all, b'0') & !from(all, b'9' + 1);
    let each = ((letters | digits) & HIGH) >> 7;
    Some((each.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8)
}

/// A hash of the first three bytes.
fn start(bytes: &[u8]) -> Option<usize> {
    let &[one, two, three] = bytes.first_chunk::<3>()?;
    let all = u32::from(one) | u32::from(two) << 8 | u32::from(three) << 16;
    Some((all.wrapping_mul(0x9e37_79b1) >> 19) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_told_apart_from_all_else_eight_at_a_time() {
        for it in 0..=u8::MAX {
            for place in 0..8 {
                let mut bytes = *b"-a.Z 0:9";
                bytes[place] = it;
                let each = bytes.iter().rev();
                let told = each.fold(0, |all, it| all << 1 | u8::from(it.is_ascii_alphanumeric()));
                assert_eq!(words_of(bytes), it.is_ascii().then_some(told), "{it}");
            }
        }
    }

    #[test]
    fn every_phrase_is_given_with_its_row_and_its_place() {
        let matcher = Matcher::of_rows(["log in|sign in", "sign in|404", "never said"], '|');
        let mut found = Vec::new();
        matcher.each("404, please sign in", |it, at| {
            found.push((it, at));
            true
        });
        found.sort_unstable();
        assert_eq!(
            found,
            [((0, "sign in"), 12), ((1, "404"), 0), ((1, "sign in"), 12)]
        );
    }
}
