//! All names in a profile: none of them is new.

use std::collections::BTreeSet;

use super::key::NameKey;
use crate::profile::{ListedName, Profile, Statement};

/// The keys of all names in the profile: those of its claims, its own, its parent's, and decided other spellings.
pub(in crate::compare) fn claimed_anywhere(profile: &Profile) -> BTreeSet<String> {
    let mut names: Vec<&str> = vec![&profile.title];
    names.extend(profile.project_of.as_deref());
    for claim in &profile.claims {
        if let Statement::Listed { names: listed, .. } = &claim.statement {
            for it in listed {
                match it {
                    ListedName::One(name) => names.push(name),
                    ListedName::Ambiguous(parts) => names.extend(parts.iter().map(String::as_str)),
                }
            }
        }
    }
    for alias in profile.aliases.iter().filter(|alias| alias.same) {
        names.extend([alias.name.as_str(), alias.other.as_str()]);
    }
    let mut keys: BTreeSet<String> = names
        .into_iter()
        .map(|name| NameKey::of(name).compact)
        .collect();
    for claim in &profile.claims {
        if let Statement::Listed { names: listed, .. } = &claim.statement {
            keys.extend(listed.iter().filter_map(|it| match it {
                // A key has no joints, so one reading of an ambiguous stretch is enough.
                ListedName::Ambiguous(parts) => Some(NameKey::of(&parts.join(", ")).compact),
                ListedName::One(_) => None,
            }));
        }
    }
    keys
}
