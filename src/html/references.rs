//! Character references: `&amp;`, `&#8212;`.

use std::{borrow::Cow, cell::RefCell};

use html5ever::{
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{
        Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{RawKind, State},
    },
};

/// Returns a text with its character references resolved; markup stays as it is.
#[must_use]
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let options = TokenizerOpts {
        // As in a `title`, where there are references, but no tags.
        initial_state: Some(State::RawData(RawKind::Rcdata)),
        discard_bom: false,
        ..TokenizerOpts::default()
    };
    let tokenizer = Tokenizer::new(Text::default(), options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    // This sink never stops it.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    Cow::Owned(tokenizer.sink.0.into_inner())
}

/// The text of all tokens.
#[derive(Default)]
struct Text(RefCell<String>);

impl TokenSink for Text {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::CharacterTokens(text) = token {
            self.0.borrow_mut().push_str(&text);
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_tags_stay() {
        for (text, plain) in [
            ("a &amp; b &#8212; &#x41;&eacute;", "a & b — Aé"),
            ("<b>&lt;</title>&amp", "<b><</title>&"),
            ("&nosuch; &", "&nosuch; &"),
            ("a < b", "a < b"),
        ] {
            assert_eq!(unescaped(text), plain);
        }
    }
}
