//! Pages that go through versions, made up: of sites with templates, and of unrelated words.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use stillsays::{
    capture::{Capture, Framing, Outcome, Response, Revisit, RevisitProfile, Visit},
    digest::PayloadDigest,
    uri::TargetUri,
};

use crate::Failure;

/// How many hosts the pages are on.
const HOSTS: u32 = 20;

/// What pages are made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As sites are: the pages of a host share head, styles, script, menu and footer (a good third of each); between them is prose of
    /// the host's 3,000 words, some of them frequent, and a list of partners.
    Sites,
    /// Nothing shared: 9,000 words, each drawn by itself from 70, in paragraphs. There is nothing in them that a compressor could
    /// find but the words and the markup around paragraphs.
    Words,
}

/// A page that goes through versions.
pub(crate) struct Page {
    number: u32,
    random: Random,
    body: Body,
    last: Option<(PayloadDigest, DateTime<Utc>)>,
}

enum Body {
    Site {
        top: String,
        bottom: String,
        words: Vec<String>,
        paragraphs: Vec<Vec<String>>,
        partners: Vec<String>,
        updated: u32,
    },
    Words(Vec<&'static str>),
}

impl Page {
    pub(crate) fn new(kind: Kind, number: u32) -> Self {
        let mut random = Random(u64::from(number) + 1);
        let body = match kind {
            Kind::Words => Body::Words((0..9_000).map(|_| random.word()).collect()),
            Kind::Sites => site_page(number, &mut random),
        };
        Self {
            number,
            random,
            body,
            last: None,
        }
    }

    /// Nothing in one version of three, else 1 to 4 edits.
    pub(crate) fn edit(&mut self) {
        if self.random.below(3) == 0 {
            return;
        }
        for _ in 0..=self.random.below(4) {
            self.body.edit(&mut self.random);
        }
    }

    pub(crate) fn html(&self) -> Vec<u8> {
        match &self.body {
            Body::Words(words) => words_html(self.number, words),
            Body::Site {
                top,
                bottom,
                paragraphs,
                partners,
                updated,
                ..
            } => {
                let mut html = top.clone();
                for (at, paragraph) in paragraphs.iter().enumerate() {
                    if at % 5 == 0 {
                        let _ = write!(
                            html,
                            "\n<h2 id=\"section-{at}\" class=\"entry__heading\">{}</h2>",
                            capital(
                                &paragraph
                                    .iter()
                                    .take(4)
                                    .cloned()
                                    .collect::<Vec<_>>()
                                    .join(" ")
                            )
                        );
                    }
                    let _ = write!(html, "\n<p>{}.</p>", capital(&paragraph.join(" ")));
                }
                html.push_str("\n<ul class=\"partners partners--grid\">");
                for partner in partners {
                    let slug = partner.to_lowercase().replace(' ', "-");
                    let _ = write!(
                        html,
                        "\n<li class=\"partner\"><a class=\"partner__link\" href=\"https://{slug}.example/\" rel=\"noopener\">\
                         <img class=\"partner__logo\" src=\"/uploads/2024/logo-{slug}.png\" alt=\"{partner}\" width=\"180\" height=\"90\" loading=\"lazy\">\
                         <span class=\"partner__name\">{partner}</span></a></li>"
                    );
                }
                let _ = write!(
                    html,
                    "\n</ul>\n<p class=\"updated\">Last updated: day {updated}</p>"
                );
                html.push_str(bottom);
                html.into_bytes()
            }
        }
    }

    /// The page as it is now, visited at `date`: a response, or a revisit where it was the same before.
    pub(crate) fn visit(&mut self, date: DateTime<Utc>) -> Result<Visit, Failure> {
        let seed: TargetUri = format!(
            "https://site-{}.example/page/{}",
            self.number % HOSTS,
            self.number
        )
        .parse()?;
        let payload = self.html();
        let tag = self.random.next();
        let mark = self.random.next();
        Ok(visit(&seed, date, payload, (tag, mark), &mut self.last))
    }
}

/// A visit of `seed` that came to `payload`.
pub(crate) fn visit(
    seed: &TargetUri,
    date: DateTime<Utc>,
    payload: Vec<u8>,
    (tag, mark): (u64, u64),
    last: &mut Option<(PayloadDigest, DateTime<Utc>)>,
) -> Visit {
    let digest = PayloadDigest::of(&payload);
    let head = format!(
        "HTTP/1.1 200 OK\r\nDate: {}\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         ETag: \"{tag:x}\"\r\nX-Request-Id: {mark:x}\r\nCache-Control: max-age=0\r\n\r\n",
        stillsays::clock::http_date(date),
        payload.len(),
    )
    .into_bytes();
    let outcome = match *last {
        Some((known, refers_to_date)) if known == digest => Outcome::Revisit(Revisit {
            profile: RevisitProfile::IdenticalPayloadDigest,
            head,
            payload_digest: digest,
            refers_to_date,
            refers_to_uri: seed.clone(),
        }),
        _ => {
            *last = Some((digest, date));
            Outcome::Response(Response {
                head,
                payload,
                framing: Framing::Identity,
                truncated: None,
            })
        }
    };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: stillsays/0.1 (+https://stillsays.example)\r\nAccept: */*\r\n\r\n",
        seed.path_and_query(),
        seed.host()
    );
    Visit {
        captures: vec![Capture {
            target_uri: seed.clone(),
            date,
            ended: date + chrono::TimeDelta::milliseconds(300),
            connection: None,
            request: request.into_bytes(),
            source: None,
            outcome,
        }],
        seed: seed.clone(),
    }
}

impl Body {
    fn edit(&mut self, random: &mut Random) {
        match self {
            Self::Words(words) => {
                let at = random.below(words.len());
                let word = random.word();
                if let Some(it) = words.get_mut(at) {
                    *it = word;
                }
            }
            Self::Site {
                words,
                paragraphs,
                partners,
                updated,
                ..
            } => match random.below(6) {
                0 => partners.insert(random.below(partners.len() + 1), name(words, random)),
                1 => {
                    let at = random.below(partners.len());
                    if at < partners.len() {
                        partners.remove(at);
                    }
                }
                2 => *updated += 1,
                what => {
                    let at = random.below(paragraphs.len());
                    let Some(paragraph) = paragraphs.get_mut(at) else {
                        return;
                    };
                    let at = random.below(paragraph.len());
                    // A word, or everything up to the end of the paragraph.
                    let end = if what == 3 { paragraph.len() } else { at + 1 };
                    for word in paragraph.get_mut(at..end).unwrap_or_default() {
                        *word = pick(words, random);
                    }
                }
            },
        }
    }
}

fn site_page(number: u32, random: &mut Random) -> Body {
    let host = number % HOSTS;
    let mut of_host = Random(u64::from(host) + 0x5eed);
    let words: Vec<String> = (0..3_000).map(|_| made_up(&mut of_host)).collect();
    let (top, bottom) = template(host, &words, &mut of_host);
    let title = name(&words, random);
    let top = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>{title} | Site {host}</title>\n\
         <link rel=\"canonical\" href=\"https://site-{host}.example/page/{number}\">{top}\n<h1 class=\"entry__title\">{title}</h1>"
    );
    let paragraphs = (0..55)
        .map(|_| {
            let length = 40 + random.below(80);
            (0..length).map(|_| pick(&words, random)).collect()
        })
        .collect();
    let partners = (0..20 + random.below(30))
        .map(|_| name(&words, random))
        .collect();
    Body::Site {
        top,
        bottom,
        words,
        paragraphs,
        partners,
        updated: 1,
    }
}

/// What stands before and behind the content of every page of a host.
fn template(host: u32, words: &[String], random: &mut Random) -> (String, String) {
    let mut top = String::from("\n<meta charset=\"utf-8\">\n<style>");
    for _ in 0..90 {
        let _ = write!(
            top,
            "\n.{}__{}{{padding:{}px {}px;color:#{:06x};margin-bottom:{}rem}}",
            pick(words, random),
            pick(words, random),
            random.below(40),
            random.below(40),
            random.below(1 << 24),
            random.below(9)
        );
    }
    top.push_str("\n</style>\n<script>");
    for _ in 0..60 {
        let (one, two) = (pick(words, random), pick(words, random));
        let _ = write!(
            top,
            "\nfunction {one}{}({two}){{if(!{two}.{one}){{return document.getElementById('{two}-{}')}}}}",
            random.below(100),
            random.below(1000)
        );
    }
    top.push_str("\n</script>\n</head>\n<body>\n<nav class=\"menu\"><ul>");
    for _ in 0..45 {
        let label = name(words, random);
        let _ = write!(
            top,
            "\n<li class=\"menu__item\"><a href=\"/{}/\">{label}</a></li>",
            label.to_lowercase().replace(' ', "-")
        );
    }
    top.push_str("\n</ul></nav>\n<main class=\"entry\">");
    let mut bottom = String::from("\n</main>\n<aside><h2>Latest</h2>");
    for at in 0..12 {
        let text: Vec<String> = (0..25).map(|_| pick(words, random)).collect();
        let _ = write!(
            bottom,
            "\n<article class=\"teaser\"><a href=\"/news/{at}\">{}</a></article>",
            capital(&text.join(" "))
        );
    }
    bottom
        .push_str("</aside>\n<footer class=\"footer\"><svg viewBox=\"0 0 400 100\"><path d=\"M0 0");
    for _ in 0..250 {
        let _ = write!(
            bottom,
            "l{}.{} {}",
            random.below(40),
            random.below(10),
            random.below(40)
        );
    }
    let _ = write!(
        bottom,
        "\"/></svg><p>Site {host}, {} Street</p></footer>\n</body>\n</html>\n",
        name(words, random)
    );
    (top, bottom)
}

fn words_html(number: u32, words: &[&str]) -> Vec<u8> {
    let mut html = format!("<!doctype html><html lang=en><title>Page {number}</title><main>");
    for (paragraph, words) in words.chunks(60).enumerate() {
        // Writing to a String does not fail.
        let _ = write!(
            html,
            "\n<section class=\"block block--{paragraph}\"><h2><a href=\"/topic/{}\">{}</a></h2><p>{}.</p></section>",
            words.first().unwrap_or(&""),
            words.get(..3).unwrap_or_default().join(" "),
            words.join(" ")
        );
    }
    html.push_str("</main></html>");
    html.into_bytes()
}

/// A word of two to four syllables.
fn made_up(random: &mut Random) -> String {
    (0..2 + random.below(3))
        .map(|_| {
            SYLLABLES
                .get(random.below(SYLLABLES.len()))
                .copied()
                .unwrap_or("la")
        })
        .collect()
}

/// Few words come often and many seldom, as in life.
fn pick(words: &[String], random: &mut Random) -> String {
    let share = random.below(1 << 20) as f64 / f64::from(1 << 20);
    let at = (words.len() as f64).powf(share) - 1.0;
    // From 0 to the number of words.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between them"
    )]
    let at = at as usize;
    words.get(at).cloned().unwrap_or_default()
}

fn name(words: &[String], random: &mut Random) -> String {
    let parts: Vec<String> = (0..2 + random.below(3))
        .map(|_| {
            words
                .get(random.below(words.len()))
                .map_or_else(String::new, |it| capital(it))
        })
        .collect();
    parts.join(" ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}

/// The same numbers every time (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % limit.max(1)
    }

    /// Some words come often, as in life.
    fn word(&mut self) -> &'static str {
        let at = self.below(WORDS.len()).min(self.below(WORDS.len()));
        WORDS.get(at).copied().unwrap_or("word")
    }
}

const SYLLABLES: &[&str] = &[
    "al", "an", "ar", "ba", "be", "ca", "co", "da", "de", "di", "en", "er", "fa", "for", "ga",
    "gra", "in", "is", "ka", "la", "le", "li", "lo", "ma", "me", "mi", "na", "ne", "ni", "no",
    "on", "or", "pa", "per", "po", "pre", "ra", "re", "ri", "ro", "sa", "se", "si", "so", "sta",
    "ta", "te", "ti", "to", "tra", "u", "un", "va", "ve", "vi", "wo", "za",
];

const WORDS: &[&str] = &[
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "for",
    "with",
    "that",
    "is",
    "on",
    "by",
    "our",
    "people",
    "from",
    "work",
    "community",
    "peace",
    "members",
    "mediation",
    "network",
    "partners",
    "program",
    "training",
    "together",
    "organization",
    "support",
    "conflict",
    "dialogue",
    "center",
    "council",
    "volunteers",
    "neighbors",
    "listening",
    "restorative",
    "justice",
    "election",
    "meeting",
    "report",
    "initiative",
    "foundation",
    "violence",
    "prevention",
    "research",
    "county",
    "regional",
    "statement",
    "observers",
    "facilitators",
    "alliance",
    "coalition",
    "practice",
    "resilience",
    "workshop",
    "annual",
    "director",
    "learning",
    "between",
    "difficult",
    "questions",
    "evidence",
    "harbor",
    "prairie",
    "mountain",
    "library",
    "telephone",
    "newsletter",
    "calendar",
    "anniversary",
    "accountability",
];
