//! What people are or do, as a line of its own: "treasurer", 博士研究生.

use std::sync::LazyLock;

use super::{
    List,
    files::sections,
    lexicon::{Lexicon, mark},
};

/// The roles of languages without word spaces, which a longer word may end in.
static ROLE_ENDINGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let all = sections::<List>().into_iter();
    let joined = all.filter(|it| matches!(it.0, "ja" | "zh"));
    let roles = joined.flat_map(|it| it.1.roles);
    roles.filter(|it| it.chars().count() >= 3).collect()
});

/// What roles end in that are one word with what they are for: `*wart`, `*ansvarlig`.
static COMPOUND_ENDINGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let all = sections::<List>().into_iter();
    let roles = all.flat_map(|it| it.1.roles);
    let ending = |it: String| it.strip_prefix('*').map(str::to_owned);
    roles.filter_map(ending).collect()
});

/// Whether a word is a role that begins with what it is for: "Pressewart".
fn is_compound(word: &str) -> bool {
    const BEFORE: usize = 3;
    !word.contains(' ')
        && COMPOUND_ENDINGS.iter().any(|end| {
            word.strip_suffix(end.as_str())
                .is_some_and(|before| before.len() >= BEFORE || before == "*")
        })
}

impl Lexicon {
    /// Whether a line in lower case says what somebody is or does rather than who it is: "vice president", "committer, board member",
    /// 博士研究生.
    #[must_use]
    pub fn is_role(lower: &str) -> bool {
        let said = |part: &str| {
            let part = part.split('(').next().unwrap_or_default();
            let part = part.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
            let part = part.trim().trim_end_matches(['.', ':']);
            let alone = |word: &str| Self::word(word) & mark::ROLE != 0;
            let few = part.split(' ').count() <= 3;
            alone(part)
                || few && part.rsplit_once(' ').is_some_and(|(_, last)| alone(last))
                || is_compound(part)
                || !part.is_ascii() && ROLE_ENDINGS.iter().any(|end| part.ends_with(end.as_str()))
        };
        !lower.is_empty() && lower.split(['|', '/', '·', '&', ',', '、']).all(said)
    }
}
