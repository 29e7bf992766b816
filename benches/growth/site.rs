//! The pages that are measured over, and a server on 127.0.0.1 that has them.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

/// What pages are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A list of 40 names and 25 paragraphs, the same in every version.
    Steady,
    /// As steady ones; the first paragraph and the last line are others in each version.
    Edited,
    /// As steady ones; three names leave the list with the second version.
    Losing,
    /// A list of 20 names and little else; the last line is another in each version.
    Short,
    /// 73 KB with a quotation; every fifth has a list of 55 names.
    Large,
}

/// A page of that kind, by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) kind: Kind,
    pub(crate) number: usize,
}

const FIRST: [&str; 20] = [
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor", "Island", "Juniper",
    "Kestrel", "Lantern", "Meadow", "North", "Orchard", "Prairie", "Quarry", "River", "Summit",
    "Timber",
];
const MIDDLE: [&str; 15] = [
    "Mediation",
    "Dialogue",
    "Arbitration",
    "Peace",
    "Listening",
    "Bridge",
    "Conflict",
    "Civic",
    "Neighbour",
    "Harvest",
    "Shelter",
    "Reading",
    "Garden",
    "Repair",
    "Voter",
];
const LAST: [&str; 10] = [
    "Center",
    "Network",
    "Institute",
    "Coalition",
    "Fund",
    "Services",
    "Alliance",
    "Council",
    "Project",
    "Society",
];

impl Page {
    /// The names that the article says are on it; none where it has no list.
    pub(crate) fn names(self) -> Vec<String> {
        let count = match self.kind {
            Kind::Short => 20,
            Kind::Large if !self.number.is_multiple_of(5) => 0,
            Kind::Large => 55,
            _ => 40,
        };
        let mut roll = Dice(self.number as u64 + 1);
        (0..count)
            .map(|it| {
                let words = [
                    roll.one_of(&FIRST),
                    roll.one_of(&FIRST),
                    roll.one_of(&MIDDLE),
                    roll.one_of(&LAST),
                ];
                format!("{} {}x{it}", words.join(" "), self.number)
            })
            .collect()
    }

    /// The words that the article quotes from it; none of a short page.
    pub(crate) fn quotation(self) -> Option<String> {
        let words = self.paragraph(5, 0);
        let words: Vec<&str> = words.split(' ').skip(2).take(8).collect();
        (self.kind != Kind::Short).then(|| words.join(" "))
    }

    /// Sixty words.
    fn paragraph(self, place: usize, version: u32) -> String {
        let version = if place == 0 && self.kind == Kind::Edited {
            u64::from(version)
        } else {
            0
        };
        let mut roll = Dice(self.number as u64 * 7_919 + place as u64 * 104_729 + version * 31 + 5);
        let word = |_| {
            let word = match roll.below(3) {
                0 => roll.one_of(&FIRST),
                1 => roll.one_of(&MIDDLE),
                _ => roll.one_of(&LAST),
            };
            word.to_lowercase()
        };
        (0..60).map(word).collect::<Vec<_>>().join(" ")
    }

    /// It as it is in that version.
    pub(crate) fn html(self, version: u32) -> Vec<u8> {
        let number = self.number;
        let mut html = format!(
            "<!doctype html><html lang=en><title>Page {number}</title><body><main><h1>Partners {number}</h1>"
        );
        let paragraphs = match self.kind {
            Kind::Short => 1,
            Kind::Large => 150,
            _ => 25,
        };
        // Writing to a String does not fail.
        for place in 0..paragraphs {
            let _ = writeln!(html, "<p>{}.</p>", self.paragraph(place, version));
        }
        let names = self.names();
        let lost = if self.kind == Kind::Losing && version > 0 {
            3
        } else {
            0
        };
        if !names.is_empty() {
            html.push_str("<h2>Convening centers</h2><ul>");
            for (place, name) in names.iter().enumerate().skip(lost) {
                let _ = writeln!(
                    html,
                    "<li><a href=\"https://h{number}-{place}.example/\">{name}</a></li>"
                );
            }
            html.push_str("</ul>");
        }
        if matches!(self.kind, Kind::Edited | Kind::Short) {
            let _ = write!(html, "<p>Edition {version} of page {number}.</p>");
        }
        while self.kind == Kind::Large && html.len() < 73_000 {
            let _ = write!(
                html,
                "<div class=\"card card--wide\"><span>{}</span></div>",
                html.len()
            );
        }
        html.push_str("</main></body></html>");
        html.into_bytes()
    }
}

/// Numbers that are the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or_default()
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words
            .get(self.below(words.len()))
            .copied()
            .unwrap_or_default()
    }
}

/// A server that has all pages of a kind, in one version at a time.
pub(crate) struct Site {
    pub(crate) origin: String,
    pub(crate) kind: Kind,
    version: Arc<AtomicU32>,
}

impl Site {
    pub(crate) fn start(kind: Kind) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let version = Arc::new(AtomicU32::new(0));
        let shown = Arc::clone(&version);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shown = Arc::clone(&shown);
                // A connection that breaks off is its client's affair.
                thread::spawn(move || answer(stream, kind, &shown));
            }
        });
        Ok(Self {
            origin,
            kind,
            version,
        })
    }

    pub(crate) fn page(&self, number: usize) -> Page {
        Page {
            kind: self.kind,
            number,
        }
    }

    /// Has all pages in that version from now on.
    pub(crate) fn show(&self, version: u32) {
        self.version.store(version, Ordering::SeqCst);
    }
}

/// The entity tag of that version.
pub(crate) fn etag(version: u32) -> String {
    format!("\"v{version}\"")
}

fn answer(stream: TcpStream, kind: Kind, version: &AtomicU32) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(request) = lines.next().transpose()? {
        let mut condition = None;
        for line in lines.by_ref() {
            let line = line?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("if-none-match")
            {
                condition = Some(value.to_owned());
            }
        }
        let path = request.split(' ').nth(1).unwrap_or_default();
        let Ok(number) = path.trim_start_matches('/').parse() else {
            out.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
            continue;
        };
        let version = version.load(Ordering::SeqCst);
        let etag = etag(version);
        if condition.as_deref() == Some(&etag) {
            write!(out, "HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n")?;
            continue;
        }
        let body = Page { kind, number }.html(version);
        let length = body.len();
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: {etag}\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        answer.extend(body);
        out.write_all(&answer)?;
    }
    Ok(())
}
