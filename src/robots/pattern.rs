//! The path pattern of a rule: a prefix with `*` and a final `$` (RFC 9309, 2.2.3).

use super::Line;

/// A rule and its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    /// Whether it allows, not forbids.
    pub(super) allow: bool,
    /// The pattern, with bytes above ASCII escaped and hexadecimal digits of escapes in upper case.
    path: Vec<u8>,
    number: usize,
}

impl Pattern {
    /// The rule of an `Allow` or `Disallow` line; `None` if its path is empty, which matches nothing.
    pub(super) fn parse(allow: bool, path: &[u8], number: usize) -> Option<Self> {
        (!path.is_empty()).then(|| Self {
            allow,
            path: escaped(path),
            number,
        })
    }

    /// How specific the match is (the length of the pattern), or `None` if `path` does not match.
    pub(super) fn matches(&self, path: &[u8]) -> Option<usize> {
        if is_match(&self.path, path) {
            return Some(self.path.len());
        }
        // `Allow: /a/index.html` also opens `/a/`.
        let folder = self
            .path
            .strip_suffix(b"index.htm")
            .or_else(|| self.path.strip_suffix(b"index.html"))?;
        let exactly = [folder, b"$"].concat();
        (self.allow && folder.ends_with(b"/") && is_match(&exactly, path)).then_some(exactly.len())
    }

    /// The line of the file that it comes from.
    pub(super) fn line(&self) -> Line {
        let field = if self.allow { "Allow" } else { "Disallow" };
        let path = String::from_utf8_lossy(&self.path);
        Line {
            number: self.number,
            text: format!("{field}: {path}"),
        }
    }
}

fn escaped(path: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(path.len());
    let mut digits_left = 0;
    for (place, byte) in path.iter().copied().enumerate() {
        let is_escape = byte == b'%'
            && matches!(path.get(place + 1..place + 3), Some([a, b]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
        if is_escape {
            digits_left = 2;
            out.push(byte);
        } else if digits_left > 0 {
            digits_left -= 1;
            out.push(byte.to_ascii_uppercase());
        } else if byte.is_ascii() {
            out.push(byte);
        } else {
            let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

/// Whether `path` begins with the pattern or, if the pattern ends with `$`, is equal to it.
fn is_match(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, to_end) = match pattern.strip_suffix(b"$") {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split(|letter| *letter == b'*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        // The leftmost place is as good as any: the text after a `*` can begin anywhere after it.
        if let Some(before) = last.replace(piece) {
            match find(rest, before) {
                Some(end) => rest = rest.get(end..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    match last {
        Some(piece) if to_end => rest.ends_with(piece),
        Some(piece) => find(rest, piece).is_some(),
        None => !to_end || rest.is_empty(),
    }
}

/// The place after the first `piece` in `text`.
fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    text.windows(piece.len())
        .position(|pair| pair == piece)
        .map(|at| at + piece.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_the_final_dollar_are_special_and_nothing_else_is() {
        for (pattern, path, expected) in [
            ("/", "/any", true),
            ("/fish", "/fishheads/yummy.html", true),
            ("/fish", "/Fish", false),
            ("/*.php$", "/a.php/b.php", true),
            ("/*.php$", "/a.php?x", false),
            ("/fish*.php", "/fish.php?x", true),
            ("*", "/", true),
            ("/a$b", "/a$b", true),
            ("/*a*b*c$", "/xaybzc", true),
            ("/*a*b*c$", "/xbyazc", false),
            ("$", "/", false),
            ("/$", "/", true),
            ("/ab*b$", "/ab", false),
        ] {
            assert_eq!(
                is_match(pattern.as_bytes(), path.as_bytes()),
                expected,
                "{pattern} on {path}"
            );
        }
    }

    #[test]
    fn patterns_are_escaped_as_addresses_are() {
        assert_eq!(escaped("/ä%c3%zz".as_bytes()), b"/%C3%A4%C3%zz");
    }
}
