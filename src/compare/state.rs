//! What the state of a page allows to say.

use crate::{
    finding::{Verdict, Why},
    reading::{Identity, PageState, Reading},
};

/// Why nothing on the page can be called absent; `None` for a page with content. `identity` is what shows that it is the requested page.
pub(super) fn why(reading: &Reading, identity: Identity) -> Option<(Why, String)> {
    if let Some(it) = of_state(reading.state) {
        return Some((it.0, it.1.to_owned()));
    }
    let settled = |least: Identity| identity >= least;
    let doubt = reading
        .doubt
        .as_ref()
        .filter(|doubt| !doubt.settled_by.is_some_and(settled))?;
    let Some((why, what)) = doubt.speaks_for.and_then(of_state) else {
        return Some((Why::TooLittle, doubt.what.clone()));
    };
    Some((why, format!("perhaps {what}: {}", doubt.what)))
}

/// The same for names whose list was found: the list proves that this is the requested page, however little else is on it.
pub(super) fn why_beside_a_list(reading: &Reading) -> Option<(Why, String)> {
    of_state(reading.state).map(|pair| (pair.0, pair.1.to_owned()))
}

fn of_state(state: PageState) -> Option<(Why, &'static str)> {
    Some(match state {
        PageState::Content => return None,
        PageState::Blocked => (
            Why::Blocked,
            "a block page or a challenge was shown instead of the page",
        ),
        PageState::ConsentWall => (
            Why::ConsentWall,
            "a consent page was shown instead of the page",
        ),
        PageState::LoginWall => (
            Why::LoginWall,
            "a login or an offer to subscribe was shown instead of the page",
        ),
        PageState::SoftNotFound => (Why::SoftNotFound, "the page says that it is not found"),
        PageState::Unavailable => (
            Why::Unavailable,
            "an error or a maintenance notice was shown instead of the page",
        ),
        PageState::Parked => (Why::Parked, "the domain is parked"),
        PageState::ScriptShell => (
            Why::ScriptShell,
            "the content of the page is loaded by a script",
        ),
        PageState::Empty => (Why::Empty, "the page is empty"),
        PageState::Placeholder => (Why::Placeholder, "the page contains placeholders"),
        PageState::Unreadable => (Why::Unreadable, "the file cannot be read as text"),
    })
}

/// Whether the content is most likely not that of the page at all: then only what is there as claimed counts, and nothing that is
/// merely similar.
pub(super) fn is_opaque(state: PageState) -> bool {
    matches!(
        state,
        PageState::Blocked
            | PageState::ConsentWall
            | PageState::LoginWall
            | PageState::SoftNotFound
            | PageState::Unavailable
            | PageState::Parked
            | PageState::Empty
    )
}

/// A verdict, as far as the state of the page allows it: on a page that is most likely a different one, nothing is called changed.
pub(super) fn allowed(verdict: Verdict, reading: &Reading) -> Verdict {
    let changed = matches!(
        verdict,
        Verdict::Renamed { .. }
            | Verdict::Merged { .. }
            | Verdict::Split { .. }
            | Verdict::Altered { .. }
            | Verdict::Absent
            | Verdict::CannotTell {
                why: Why::Perhaps,
                ..
            }
    );
    match why(reading, Identity::default()) {
        Some((why, detail)) if changed && is_opaque(reading.state) => {
            Verdict::CannotTell { why, detail }
        }
        _ => verdict,
    }
}
