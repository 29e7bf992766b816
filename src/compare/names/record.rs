//! Compares a claimed name with the rest of a name's record on the page: its link, its picture, the text beside it.

use super::{
    key::NameKey,
    likeness::{Grade, Likeness},
    pairs::likeness,
    pool::Pooled,
};
use crate::compare::grounds::names as grounds;
use crate::entity::NameSource;

/// Services that host the pages of others: a link to one of them says nothing about the name.
const PLATFORMS: [&str; 16] = [
    "amazon",
    "blogspot",
    "bandcamp",
    "eventbrite",
    "facebook",
    "github",
    "google",
    "instagram",
    "linkedin",
    "medium",
    "patreon",
    "twitter",
    "vimeo",
    "wikipedia",
    "wordpress",
    "youtube",
];

/// How a claimed name is like a name on the page, by its text or by the rest of its record.
pub(in crate::compare) fn like(claimed: &NameKey, found: &Pooled<'_>) -> Option<Likeness> {
    let by_text = likeness(claimed, &found.key);
    let by_record = found.also.iter().filter_map(|(source, key)| {
        let ground = match source {
            NameSource::LinkTarget => &grounds::LINK_TARGET,
            NameSource::FileName => &grounds::FILE_NAME,
            _ => &grounds::BESIDE,
        };
        if *source == NameSource::LinkTarget && is_host_of(claimed, key) {
            return Some(Likeness {
                grade: Grade::Variant,
                score: grounds::LINK_HOST.score,
                reasons: vec![grounds::LINK_HOST.reason()],
            });
        }
        let it = likeness(claimed, key)
            .filter(|likeness| likeness.grade >= Grade::Same && !key.is_short())?;
        let mut reasons = vec![ground.reason()];
        reasons.extend(it.reasons);
        // A logo that is called so, letter for letter, is the name that the page still says.
        let said = *source == NameSource::Alt && key.exact == claimed.exact;
        Some(Likeness {
            grade: if said { Grade::Same } else { Grade::Variant },
            score: it.score * ground.score,
            reasons,
        })
    });
    by_text
        .into_iter()
        .chain(by_record)
        .max_by(|a, b| a.grade.cmp(&b.grade).then(a.score.total_cmp(&b.score)))
}

/// Whether the distinctive label of a host is the claimed name: `portofwarrow` for `Port of Warrow`, `pow` for `PoW`.
fn is_host_of(claimed: &NameKey, label: &NameKey) -> bool {
    let least = if claimed.acronyms.contains(&claimed.compact) {
        3
    } else {
        5
    };
    label.letters.chars().count() >= least
        && !PLATFORMS.contains(&label.letters.as_str())
        && (label.letters == claimed.core || label.letters == claimed.compact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_be_a_name_written_as_an_address() {
        let is = |name, host| is_host_of(&NameKey::of(name), &NameKey::of(host));
        assert!(is("Port of Warrow", "portofwarrow"));
        assert!(is("POW", "pow"));
        assert!(!is("Pow", "pow"));
        assert!(!is("Port of Warrow", "warrow"));
        assert!(!is("Facebook", "facebook"));
    }
}
