//! Rewrites style sheets: the addresses in `url()`, `@import` and `image-set()` (CSS Syntax 3); everything else stays as it is.

use cssparser::{ParseError, Parser, SourcePosition, Token, serialize_string};

use super::{Scope, Way};

/// The replacement for an address without a target.
const NOWHERE: &str = "about:invalid";

/// Rewrites a style sheet, or the declarations of a `style` attribute.
pub(super) fn rewrite(text: &str, scope: &Scope) -> String {
    let mut parser = Parser::new(text);
    let mut sheet = Sheet {
        out: String::with_capacity(text.len() + text.len() / 8),
        copied: parser.position(),
        scope,
        is_import: false,
    };
    sheet.block(&mut parser, false);
    sheet.copy(&parser, parser.position());
    sheet.out
}

struct Sheet<'a> {
    out: String,
    /// Everything before is written.
    copied: SourcePosition,
    scope: &'a Scope,
    /// Whether the address of an `@import` is still to come.
    is_import: bool,
}

impl Sheet<'_> {
    /// Writes what is between the last replacement and `to`, as it is.
    fn copy(&mut self, parser: &Parser<'_>, to: SourcePosition) {
        self.out.push_str(parser.slice(self.copied..to));
        self.copied = to;
    }

    /// Rewrites up to the end of a block; `names` says whether strings in it are addresses.
    fn block(&mut self, parser: &mut Parser<'_>, names: bool) {
        loop {
            let start = parser.position();
            let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else {
                return;
            };
            match token {
                Token::UnquotedUrl(address) => self.address(parser, start, &address, "url("),
                Token::QuotedString(address) if names || self.is_import => {
                    self.address(parser, start, &address, "");
                }
                Token::AtKeyword(name) => self.is_import = name.eq_ignore_ascii_case("import"),
                Token::Semicolon => self.is_import = false,
                Token::Function(name) => {
                    const NAMING: [&str; 5] =
                        ["url", "src", "image", "image-set", "-webkit-image-set"];
                    let names = NAMING.iter().any(|it| name.eq_ignore_ascii_case(it));
                    self.within(parser, start, names);
                }
                Token::CurlyBracketBlock => {
                    self.is_import = false;
                    self.within(parser, start, false);
                }
                Token::ParenthesisBlock | Token::SquareBracketBlock => {
                    self.within(parser, start, false);
                }
                _ => {}
            }
        }
    }

    /// Rewrites the block that begins at `start`; one that nests too deep is left out, with what follows it in its own block.
    fn within(&mut self, parser: &mut Parser<'_>, start: SourcePosition, names: bool) {
        let inside: Result<(), ParseError<()>> = parser.parse_nested_block(|parser| {
            self.block(parser, names);
            Ok(())
        });
        if inside.is_err() {
            self.copy(parser, start);
            while parser.next().is_ok() {}
            self.copied = parser.position();
        }
    }

    /// Writes the address that was read from `start` on, behind what begins its token.
    fn address(&mut self, parser: &Parser<'_>, start: SourcePosition, address: &str, before: &str) {
        self.is_import = false;
        let way = self.scope.way(address);
        if way == Way::Same {
            return;
        }
        self.copy(parser, start);
        self.out.push_str(before);
        let to = match &way {
            Way::Archive(to) => to,
            _ => NOWHERE,
        };
        // Writing to a String cannot fail.
        let _ = serialize_string(to, &mut self.out);
        self.out.push_str(if before.is_empty() { "" } else { ")" });
        self.copied = parser.position();
    }
}
