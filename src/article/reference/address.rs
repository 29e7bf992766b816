//! Addresses as entries write them and as links show them.

/// Whether a word is what a link shows: its address without the scheme.
pub(super) fn shows_address(word: &str, (address, shown): &(String, String)) -> bool {
    let word = word.trim_end_matches([',', '.', ';', ')']);
    let bare = address
        .split_once("://")
        .map_or(address.as_str(), |parts| parts.1);
    let bare = bare.trim_start_matches("www.");
    word.contains('.') && word == shown.trim() && bare.starts_with(word.trim_end_matches('/'))
}

pub(super) fn same_address(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        text.trim_end_matches('/')
            .trim_start_matches("https:")
            .trim_start_matches("http:")
            .to_owned()
    };
    plain(one) == plain(other)
}
