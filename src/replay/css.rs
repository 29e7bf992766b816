//! Rewrites style sheets: the addresses in `url()`, `@import` and `image-set()` (CSS Syntax 3); everything else stays as it is.

use super::{Scope, Way};

/// The replacement for an address without a target.
const NOWHERE: &str = "about:invalid";

/// Rewrites a style sheet, or the declarations of a `style` attribute.
pub(super) fn rewrite(text: &str, scope: &Scope) -> String {
    let mut sheet = Sheet {
        text,
        at: 0,
        out: String::with_capacity(text.len() + text.len() / 8),
        scope,
        import: false,
        functions: Vec::new(),
    };
    while sheet.at < text.len() {
        sheet.step();
    }
    sheet.out
}

struct Sheet<'a> {
    text: &'a str,
    at: usize,
    out: String,
    scope: &'a Scope,
    /// Whether the address of an `@import` is still to come.
    import: bool,
    /// For each open parenthesis, whether strings in it are addresses.
    functions: Vec<bool>,
}

impl Sheet<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Copies up to `to`.
    fn copy(&mut self, to: usize) {
        self.out
            .push_str(self.text.get(self.at..to).unwrap_or_default());
        self.at = to;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        match first {
            '/' if rest.starts_with("/*") => {
                let end = rest
                    .get(2..)
                    .and_then(|it| it.find("*/"))
                    .map_or(rest.len(), |it| it + 4);
                self.copy(self.at + end);
            }
            '"' | '\'' => self.string(first),
            '@' => {
                let (name, end) = name(rest.get(1..).unwrap_or_default());
                self.import = name == "import";
                self.copy(self.at + 1 + end);
            }
            '#' | '0'..='9' => {
                // A colour, or a number and its unit: not the beginning of a function.
                let (_, end) = name(rest.get(1..).unwrap_or_default());
                self.copy(self.at + 1 + end);
            }
            '(' => {
                self.functions.push(false);
                self.copy(self.at + 1);
            }
            ')' => {
                self.functions.pop();
                self.copy(self.at + 1);
            }
            ';' | '{' | '}' => {
                self.import = false;
                self.functions.clear();
                self.copy(self.at + 1);
            }
            _ => {
                let (name, end) = name(rest);
                if end == 0 {
                    self.copy(self.at + first.len_utf8());
                } else if rest.get(end..).is_some_and(|it| it.starts_with('(')) {
                    self.function(&name, self.at + end + 1);
                } else {
                    self.copy(self.at + end);
                }
            }
        }
    }

    /// A function; its content begins at `inside`.
    fn function(&mut self, name: &str, inside: usize) {
        if name != "url" {
            self.functions.push(matches!(
                name,
                "image-set" | "-webkit-image-set" | "image" | "src"
            ));
            self.copy(inside);
            return;
        }
        let behind = self.text.get(inside..).unwrap_or_default();
        let start = inside + behind.len() - behind.trim_start().len();
        let text = self.text.get(start..).unwrap_or_default();
        if text.starts_with(['"', '\'']) {
            // Like any other function, except that its string is an address.
            self.functions.push(true);
            self.copy(start);
            return;
        }
        let (address, end) = bare(text);
        let Some(address) = address else {
            self.copy(start + end);
            return;
        };
        self.import = false;
        match self.scope.way(&address) {
            Way::Same => self.copy(start + end),
            way => {
                self.out.push_str("url(");
                self.quote(&way);
                self.out.push(')');
                self.at = start + end;
            }
        }
    }

    /// A quoted string.
    fn string(&mut self, quote: char) {
        let (value, end) = quoted(self.rest().get(1..).unwrap_or_default(), quote);
        let end = self.at + 1 + end;
        if self.import || self.functions.last() == Some(&true) {
            self.import = false;
            match self.scope.way(&value) {
                Way::Same => self.copy(end),
                way => {
                    self.quote(&way);
                    self.at = end;
                }
            }
        } else {
            self.copy(end);
        }
    }

    fn quote(&mut self, way: &Way) {
        let address = match way {
            Way::Archive(archive) => archive,
            _ => NOWHERE,
        };
        self.out.push('"');
        for letter in address.chars() {
            if matches!(letter, '"' | '\\') {
                self.out.push('\\');
            }
            self.out.push(letter);
        }
        self.out.push('"');
    }
}

/// The name at the beginning of the text, in lower case with escapes resolved, and its length; 0 if there is none.
fn name(text: &str) -> (String, usize) {
    let mut name = String::new();
    let mut at = 0;
    while let Some(letter) = text.get(at..).and_then(|text| text.chars().next()) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') || !letter.is_ascii() {
            name.push(letter.to_ascii_lowercase());
            at += letter.len_utf8();
        } else if letter == '\\' {
            let (value, length) = escape(text.get(at + 1..).unwrap_or_default());
            if length == 0 {
                break;
            }
            name.extend(value.map(|value| value.to_ascii_lowercase()));
            at += 1 + length;
        } else {
            break;
        }
    }
    (name, at)
}

/// The escape after a backslash: its character, and its length; no character for a line break.
fn escape(text: &str) -> (Option<char>, usize) {
    let digits = text
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let Some(first) = text.chars().next() else {
        return (None, 0);
    };
    if digits == 0 {
        return match first {
            '\n' | '\r' | '\x0c' => (None, 0),
            letter => (Some(letter), letter.len_utf8()),
        };
    }
    let value = text
        .get(..digits)
        .and_then(|text| u32::from_str_radix(text, 16).ok());
    let value = value
        .and_then(char::from_u32)
        .filter(|it| *it != '\0')
        .unwrap_or('\u{fffd}');
    let behind = text.get(digits..).unwrap_or_default();
    let space = if behind.starts_with("\r\n") {
        2
    } else {
        usize::from(behind.starts_with([' ', '\t', '\n', '\r', '\x0c']))
    };
    (Some(value), digits + space)
}

/// The string up to `quote`, and its end; a line break also ends it.
fn quoted(text: &str, quote: char) -> (String, usize) {
    let mut value = String::new();
    let mut at = 0;
    while let Some(letter) = text.get(at..).and_then(|text| text.chars().next()) {
        match letter {
            end if end == quote => return (value, at + 1),
            '\n' | '\x0c' | '\r' => return (value, at),
            '\\' => {
                let (escaped, length) = escape(text.get(at + 1..).unwrap_or_default());
                value.extend(escaped);
                let skipped = text
                    .get(at + 1..)
                    .and_then(|text| text.chars().next())
                    .map_or(0, char::len_utf8);
                at += 1 + if length == 0 { skipped } else { length };
            }
            letter => {
                value.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    (value, at)
}

/// An unquoted address up to its parenthesis, and its end; `None` if it is not an address (CSS Syntax 3, 4.3.6).
fn bare(text: &str) -> (Option<String>, usize) {
    let mut value = String::new();
    let mut sound = true;
    let mut at = 0;
    while let Some(letter) = text.get(at..).and_then(|text| text.chars().next()) {
        match letter {
            ')' => return (sound.then(|| value.trim_end().to_owned()), at + 1),
            '\\' => {
                let (escaped, length) = escape(text.get(at + 1..).unwrap_or_default());
                value.extend(escaped);
                sound &= length > 0;
                at += 1 + length;
            }
            letter => {
                let ends = value.ends_with(|letter: char| letter.is_ascii_whitespace())
                    && !letter.is_ascii_whitespace();
                sound &= !ends && !matches!(letter, '"' | '\'' | '(');
                value.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    (sound.then(|| value.trim_end().to_owned()), at)
}
