//! Whether the further pages of a list are needed.

use super::{claim::Scope, names::names};
use crate::{
    finding::{Verdict, Why},
    profile::{Alias, ListedName},
    reading::{MoreKind, Reading},
};

/// Whether some of the claimed names are not on a page because it shows only part of its list, or may be on a further page.
#[must_use]
pub fn needs_further(
    claimed: &[ListedName],
    reading: &Reading,
    scope: Scope<'_>,
    aliases: &[Alias],
) -> bool {
    let paged = || {
        reading
            .lists
            .iter()
            .filter_map(|list| reading.more_of(list, list.items.len()))
            .any(|it| it.kind != MoreKind::Words)
    };
    let answer = names(claimed, reading, scope, aliases);
    answer.names.iter().any(|name| match &name.verdict {
        Verdict::CannotTell { why, .. } => match why {
            Why::PartOfList => true,
            Why::ListNotFound => paged(),
            _ => false,
        },
        _ => false,
    })
}
