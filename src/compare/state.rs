//! What a page's state allows to be said.

use crate::{
    finding::Why,
    reading::{PageState, Reading},
};

/// Why nothing on the page can be called absent; `None` for a page that says what it has to say.
pub(super) fn why(reading: &Reading) -> Option<(Why, String)> {
    let (why, what) = match reading.state {
        PageState::Content => return None,
        PageState::Blocked => (
            Why::Blocked,
            "a block page or a challenge stands in the page's place",
        ),
        PageState::ConsentWall => (
            Why::ConsentWall,
            "a consent wall stands in the page's place",
        ),
        PageState::LoginWall => (Why::LoginWall, "a login stands in the page's place"),
        PageState::SoftNotFound => (Why::SoftNotFound, "the page says that it is not found"),
        PageState::Parked => (Why::Parked, "the domain is parked"),
        PageState::ScriptShell => (Why::ScriptShell, "the page's content comes by a script"),
        PageState::Empty => (Why::Empty, "the page is empty"),
        PageState::Placeholder => (Why::Placeholder, "the page holds placeholders"),
        PageState::Unreadable => (Why::Unreadable, "the file cannot be read as text"),
    };
    Some((why, what.to_owned()))
}

/// Whether what is on the page is not the page at all, so that nothing found there counts either.
pub(super) fn is_opaque(state: PageState) -> bool {
    matches!(
        state,
        PageState::Blocked
            | PageState::LoginWall
            | PageState::SoftNotFound
            | PageState::Parked
            | PageState::Empty
    )
}
