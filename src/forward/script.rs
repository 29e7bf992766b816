//! The target to which the scripts of a page send a browser on loading, as far as it is clear without running them.

use std::{collections::HashMap, iter::Peekable, str::Chars};

/// What scripts do to the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// They send it to this address, as written.
    To(String),
    /// They submit a form.
    Submits,
}

/// A word, a string or a sign of a script.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// What all `scripts` of a page lead to unconditionally: not in one branch of several, and not on a click.
pub(super) fn leads_to(scripts: &[&str]) -> Option<Leads> {
    let all: Vec<Vec<Token>> = scripts.iter().map(|script| tokens(script)).collect();
    all.iter().find_map(|it| in_script(it, &all, 0))
}

fn in_script(tokens: &[Token], all: &[Vec<Token>], depth: usize) -> Option<Leads> {
    let mut known: HashMap<&str, &str> = HashMap::new();
    // The openings of the surrounding blocks, and the start of the statement.
    let mut blocks: Vec<&[Token]> = Vec::new();
    let mut begin = 0;
    for (at, token) in tokens.iter().enumerate() {
        let statement = tokens.get(begin..at).unwrap_or_default();
        match token {
            Token::Sign('{') => {
                blocks.push(statement);
                begin = at + 1;
            }
            Token::Sign('}') => {
                blocks.pop();
                begin = at + 1;
            }
            Token::Sign(';') => begin = at + 1,
            Token::Word(word) => {
                let rest = tokens.get(at + 1..).unwrap_or_default();
                if let [Token::Sign('='), Token::Text(text), ..] = rest {
                    known.insert(word, text);
                }
                let runs = || is_run(statement, &blocks, all);
                let found = match word.as_str() {
                    "location" if is_of_window(statement) => set_to(rest, &known).map(Leads::To),
                    "open" | "navigate" if is_of_window(statement) => {
                        opened(word, rest).map(Leads::To)
                    }
                    "submit" => submitted(rest).then_some(Leads::Submits),
                    // A string that is run as a script.
                    "setTimeout" if depth == 0 => match rest {
                        [Token::Sign('('), Token::Text(text), ..] => {
                            in_script(&self::tokens(text), all, depth + 1)
                        }
                        _ => None,
                    },
                    _ => None,
                };
                if found.is_some() && runs() {
                    return found;
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the name after these tokens belongs to the window: nothing or the window precedes it.
fn is_of_window(before: &[Token]) -> bool {
    match before {
        [.., Token::Word(of), Token::Sign('.')] => matches!(
            of.as_str(),
            "window" | "document" | "top" | "self" | "parent" | "this" | "globalThis"
        ),
        [.., Token::Sign('.')] => false,
        [.., Token::Word(word)] => !matches!(word.as_str(), "var" | "let" | "const" | "function"),
        _ => true,
    }
}

/// The address that `location` is set to by the tokens after it.
fn set_to(rest: &[Token], known: &HashMap<&str, &str>) -> Option<String> {
    let rest = match rest {
        [Token::Sign('.'), Token::Word(href), rest @ ..] if href == "href" => rest,
        [
            Token::Sign('['),
            Token::Text(href),
            Token::Sign(']'),
            rest @ ..,
        ] if href == "href" => rest,
        rest => rest,
    };
    let value = match rest {
        [Token::Sign('='), value @ ..] => value,
        [
            Token::Sign('.'),
            Token::Word(call),
            Token::Sign('('),
            value @ ..,
        ] if matches!(call.as_str(), "replace" | "assign") => value,
        _ => return None,
    };
    let (text, behind) = match value {
        [Token::Text(text), behind @ ..] => (text.as_str(), behind),
        [Token::Word(name), behind @ ..] => (*known.get(name.as_str())?, behind),
        _ => return None,
    };
    // The appended part is known only if it comes from the address of the page.
    let is_plain = match behind {
        [Token::Sign('+'), more @ ..] => {
            let mut words = more
                .iter()
                .take_while(|it| !matches!(it, Token::Sign(';' | ')' | '}')));
            words.all(|word| match word {
                Token::Word(word) => matches!(
                    word.as_str(),
                    "window" | "document" | "location" | "hash" | "search"
                ),
                Token::Sign(sign) => matches!(sign, '.' | '+' | '('),
                Token::Text(_) => false,
            })
        }
        [Token::Sign(sign), ..] => matches!(sign, ';' | ')' | '}' | ','),
        _ => true,
    };
    (is_plain && !text.is_empty()).then(|| text.to_owned())
}

/// The address that is opened in place of the page.
fn opened(call: &str, rest: &[Token]) -> Option<String> {
    match rest {
        [
            Token::Sign('('),
            Token::Text(to),
            Token::Sign(','),
            Token::Text(place),
            ..,
        ] if call == "open" && matches!(place.as_str(), "_self" | "_top" | "_parent") => {
            Some(to.clone())
        }
        [Token::Sign('('), Token::Text(to), Token::Sign(')'), ..] if call == "navigate" => {
            Some(to.clone())
        }
        _ => None,
    }
}

fn submitted(rest: &[Token]) -> bool {
    matches!(rest, [Token::Sign('('), Token::Sign(')'), ..])
}

/// Whether a statement runs whenever the page is loaded; `statement` is its beginning.
fn is_run(statement: &[Token], blocks: &[&[Token]], all: &[Vec<Token>]) -> bool {
    !is_conditional(statement) && blocks.iter().all(|block| block_is_run(block, all))
}

fn is_conditional(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| match token {
        Token::Word(word) => matches!(
            word.as_str(),
            "if" | "else" | "for" | "while" | "switch" | "case" | "catch" | "do"
        ),
        Token::Sign(sign) => matches!(sign, '?' | '&' | '|'),
        Token::Text(_) => false,
    })
}

/// Whether the block that `opening` opens runs whenever the page is loaded.
fn block_is_run(opening: &[Token], all: &[Vec<Token>]) -> bool {
    if is_conditional(opening) {
        return false;
    }
    let word = |token: &Token, words: &[&str]| match token {
        Token::Word(text) | Token::Text(text) => words.contains(&text.as_str()),
        Token::Sign(_) => false,
    };
    let function = opening.iter().position(|it| word(it, &["function"]));
    let is_arrow = matches!(opening, [.., Token::Sign('='), Token::Sign('>')]);
    if function.is_none() && !is_arrow {
        return true;
    }
    if let Some(Token::Word(name)) = function.and_then(|function| opening.get(function + 1)) {
        // The function is declared once; if its name occurs again, it is called or passed on to be called.
        let named = all.iter().flatten();
        return named.filter(|named| word(named, &[name.as_str()])).count() > 1;
    }
    let loading = [
        "onload",
        "load",
        "ready",
        "DOMContentLoaded",
        "setTimeout",
        "requestAnimationFrame",
        "$",
        "jQuery",
    ];
    opening.iter().any(|it| word(it, &loading))
        || matches!(opening.first(), Some(Token::Sign('(' | '!' | '+')))
}

/// The words, strings and signs of a script, without comments.
fn tokens(script: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = script.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                letters
                    .by_ref()
                    .take_while(|letter| *letter != '\n')
                    .for_each(drop);
            }
            '/' if letters.peek() == Some(&'*') => {
                letters.next();
                let mut before = ' ';
                letters
                    .by_ref()
                    .take_while(|letter| {
                        let ends = before == '*' && *letter == '/';
                        before = *letter;
                        !ends
                    })
                    .for_each(drop);
            }
            '"' | '\'' | '`' => tokens.push(Token::Text(text(&mut letters, letter))),
            first if is_letter(first) => {
                let mut word = first.to_string();
                while let Some(letter) = letters.next_if(|letter| is_letter(*letter)) {
                    word.push(letter);
                }
                tokens.push(Token::Word(word));
            }
            space if space.is_whitespace() => {}
            sign => tokens.push(Token::Sign(sign)),
        }
    }
    tokens
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

/// A string up to its closing quote, with escapes resolved.
fn text(letters: &mut Peekable<Chars<'_>>, quote: char) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            end if end == quote => break,
            '\\' => {
                let digits = match letters.next() {
                    Some('x') => 2,
                    Some('u') => 4,
                    Some('n' | 'r' | 't' | '\n') | None => continue,
                    Some(letter) => {
                        text.push(letter);
                        continue;
                    }
                };
                let code: String = letters.by_ref().take(digits).collect();
                let code = u32::from_str_radix(&code, 16).ok();
                text.extend(code.and_then(char::from_u32));
            }
            letter => text.push(letter),
        }
    }
    text
}
