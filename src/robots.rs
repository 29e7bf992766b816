//! robots.txt (RFC 9309): who can visit what, parsed from the bytes as received; parsing cannot fail.
//!
//! Where the RFC leaves a choice, or the web does not follow it, the parser does the same as the one that most sites were
//! tested against: common misspellings count, `index.html` in an allowed path also allows its folder, and an escape in a
//! pattern is compared as written.

mod lines;
mod pattern;

use lines::{Field, fields};
use pattern::Pattern;

/// The rules of one robots.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Robots {
    groups: Vec<Group>,
    sitemaps: Vec<String>,
}

/// The lines from one run of `User-agent` lines to the next (RFC 9309, 2.1).
#[derive(Clone, Debug, Default, PartialEq)]
struct Group {
    /// Product tokens as spelled; `*` for everyone.
    agents: Vec<String>,
    rules: Vec<Pattern>,
    /// Seconds of a `Crawl-delay`, and to how many of `agents` it applies.
    delays: Vec<(f64, usize)>,
}

/// What robots.txt says about one visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether the visit is allowed.
    pub allowed: bool,
    /// The line that decides; `None` if no line is about the visit.
    pub line: Option<Line>,
}

/// A line of robots.txt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its field and value: `Disallow: /private`.
    pub text: String,
}

impl Robots {
    /// The most bytes to read (RFC 9309, 2.5: at least 500 kibibytes).
    pub const MOST_BYTES: usize = 500 << 10;

    /// Parses the bytes of a robots.txt; everything that is not a rule is ignored.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut robots = Self::default();
        let mut open = Group::default();
        let mut has_rules = false;
        for (number, field) in fields(bytes.get(..Self::MOST_BYTES).unwrap_or(bytes)) {
            match field {
                Field::UserAgent(agent) => {
                    if has_rules {
                        robots.groups.push(std::mem::take(&mut open));
                        has_rules = false;
                    }
                    open.agents.push(product_token(agent));
                }
                // Rules before the first User-agent line apply to no one.
                Field::Rule { allow, path } if !open.agents.is_empty() || has_rules => {
                    has_rules = true;
                    open.rules.extend(Pattern::parse(allow, path, number));
                }
                Field::Rule { .. } => {}
                // Other records do not end a group (RFC 9309, 2.2.4).
                Field::CrawlDelay(seconds) => open.delays.push((seconds, open.agents.len())),
                Field::Sitemap(url) => robots
                    .sitemaps
                    .push(String::from_utf8_lossy(url).into_owned()),
            }
        }
        robots.groups.push(open);
        robots
    }

    /// Whether `agent` (a product token, compared without regard to case) can visit `path_and_query` (as sent,
    /// beginning with `/`): the longest matching rule decides, `Allow` among equals (RFC 9309, 2.2.2).
    #[must_use]
    pub fn allows(&self, agent: &str, path_and_query: &str) -> Rule {
        let path = if path_and_query.is_empty() {
            "/"
        } else {
            path_and_query
        };
        let best = self
            .groups_of(agent)
            .flat_map(|(group, _)| &group.rules)
            .filter_map(|rule| Some((rule.matches(path.as_bytes())?, rule)))
            // The first among equals; `max_by_key` would return the last.
            .reduce(|best, rule| {
                if (rule.0, rule.1.allow) > (best.0, best.1.allow) {
                    rule
                } else {
                    best
                }
            });
        Rule {
            allowed: best.is_none_or(|(_, rule)| rule.allow),
            line: best.map(|(_, rule)| rule.line()),
        }
    }

    /// The seconds between visits that are asked of `agent`: the longest in its groups; never negative.
    #[must_use]
    pub fn crawl_delay(&self, agent: &str) -> Option<f64> {
        self.groups_of(agent)
            .flat_map(|(group, place)| group.delays.iter().filter(move |(_, of)| place < *of))
            .map(|(seconds, _)| *seconds)
            .reduce(f64::max)
    }

    /// The addresses of `Sitemap` lines in order, as spelled.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    /// The groups for `agent`, or for everyone if none names it; with its place in their agents.
    fn groups_of(&self, agent: &str) -> impl Iterator<Item = (&Group, usize)> {
        let place = |group: &Group, name: &str| {
            let mut agents = group.agents.iter();
            agents.position(|agent| agent.eq_ignore_ascii_case(name))
        };
        let is_named = !agent.is_empty()
            && self
                .groups
                .iter()
                .any(|group| place(group, agent).is_some());
        let name = if is_named { agent } else { "*" };
        self.groups
            .iter()
            .filter_map(move |group| Some((group, place(group, name)?)))
    }
}

/// The product token at the start of a `User-agent` value; `*` even if more follows after a space.
///
/// It can be empty: an agent without a name still starts a group, so that its rules do not belong to the group before.
fn product_token(value: &[u8]) -> String {
    if let [b'*', rest @ ..] = value
        && rest.first().is_none_or(u8::is_ascii_whitespace)
    {
        return "*".to_owned();
    }
    value
        .iter()
        .map(|value| char::from(*value))
        .take_while(|letter| letter.is_ascii_alphabetic() || matches!(letter, '-' | '_'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &[u8] =
        b"\xef\xbb\xbf# hello\r\nUser-agent: *\r\nDisallow: /private # not for you\r\n\
        Allow: /private/open$\r\nCrawl-delay: 2.5\r\rUser-agent: Say-Bot/1.0\rUser-agent: other\r\
        Disallow: *.pdf$\nSitemap: https://example.org/map.xml\nCrawl-delay: 7\n";

    #[test]
    fn the_longest_rule_decides_and_is_returned() {
        let robots = Robots::parse(EXAMPLE);
        let rule = robots.allows("anybody", "/private/x");
        assert!(!rule.allowed);
        let line = rule.line.unwrap();
        assert_eq!((line.number, line.text.as_str()), (3, "Disallow: /private"));
        assert!(robots.allows("anybody", "/private/open").allowed);
        assert!(!robots.allows("anybody", "/private/open/2").allowed);
        assert_eq!(robots.allows("anybody", "/").line, None);
    }

    #[test]
    fn a_group_that_names_the_agent_replaces_the_one_for_everybody() {
        let robots = Robots::parse(EXAMPLE);
        assert!(robots.allows("say-bot", "/private").allowed);
        assert!(!robots.allows("SAY-BOT", "/a/b.pdf").allowed);
        assert!(robots.allows("other", "/a/b.pdf?x").allowed);
        assert_eq!(robots.crawl_delay("say-bot"), Some(7.0));
        assert_eq!(robots.crawl_delay("anybody"), Some(2.5));
        assert_eq!(robots.sitemaps(), ["https://example.org/map.xml"]);
    }

    #[test]
    fn a_delay_is_for_the_agents_named_above_it() {
        let robots = Robots::parse(b"user-agent: a\ncrawl-delay: 9\nuser-agent: b\ndisallow: /x\n");
        assert_eq!(robots.crawl_delay("a"), Some(9.0));
        assert_eq!(robots.crawl_delay("b"), None);
        assert!(!robots.allows("b", "/x").allowed);
    }

    #[test]
    fn nonsense_is_not_a_rule() {
        for bytes in [
            &b""[..],
            b"\0\0\0",
            b"<!doctype html><p>disallow: /",
            b"crawl-delay: -3\ncrawl-delay: NaN\ncrawl-delay: inf\n",
            b"disallow: /\nallow:\n",
        ] {
            let robots = Robots::parse(bytes);
            assert!(robots.allows("a", "/").allowed);
            assert_eq!(robots.crawl_delay("a"), None);
        }
    }

    #[test]
    fn what_lies_behind_the_cap_is_not_read() {
        let mut bytes = b"user-agent: *\n".to_vec();
        bytes.resize(Robots::MOST_BYTES, b'\n');
        bytes.extend_from_slice(b"disallow: /\n");
        assert!(Robots::parse(&bytes).allows("a", "/").allowed);
    }

    #[test]
    fn a_pattern_of_many_stars_is_compared_in_no_time() {
        let mut bytes = b"user-agent: *\ndisallow: /".to_vec();
        bytes.extend(b"a*".repeat(4000));
        let robots = Robots::parse(&[bytes, b"b$\n".to_vec()].concat());
        let started = std::time::Instant::now();
        assert!(
            robots
                .allows("x", &format!("/{}", "a".repeat(8000)))
                .allowed
        );
        assert!(started.elapsed().as_millis() < 500);
    }
}
