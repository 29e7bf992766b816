//! Measures the archive: `cargo bench --bench store [-- PAGES VERSIONS]`.
//!
//! Makes versions of generated pages (about 70 KB each; from one version to the next nothing changes, or 1 to 4 words do), keeps them
//! in a store on the disk, writes the same visits as WARC.gz with revisit records beside it, reads every payload back, and prints
//! what it came to.

use std::{
    fmt::Write as _,
    io::{self, Write},
    time::{Duration, Instant as Stopwatch},
};

use stillsays::{
    capture::{Capture, Framing, Outcome, Response, Revisit, RevisitProfile, Visit},
    clock::parse_digits14,
    digest::PayloadDigest,
    store::{Access, Crawl, CrawlId, Store},
    uri::TargetUri,
    warc::{Compression, Writer},
};
use tokio::task::JoinSet;

/// How many visits are waited for at the same time, as when many hosts are visited.
const IN_FLIGHT: usize = 64;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Failure> {
    let mut sizes = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let (pages, versions): (u32, u32) = (sizes.next().unwrap_or(200), sizes.next().unwrap_or(12));
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("bench.db"), Access::Create)?;
    let started = parse_digits14("20240101").unwrap_or_default();
    let crawl = store.begin_crawl(&Crawl {
        started,
        software: "stillsays/bench".into(),
        command: "bench".into(),
    })?;

    let Filled {
        keeping,
        plain,
        warc,
        digests,
    } = fill(&store, crawl, pages, versions).await?;

    let mut reading = Vec::new();
    for digest in &digests {
        let watch = Stopwatch::now();
        store.payload(digest)?;
        reading.push(watch.elapsed());
    }
    reading.sort_unstable();
    let total: Duration = reading.iter().sum();
    let watch = Stopwatch::now();
    let seeds = store.last_visits()?.len();
    let latest = watch.elapsed();
    let watch = Stopwatch::now();
    let problems = store.verify_payloads()?.len() + store.verify_quick()?.len();
    let verifying = watch.elapsed();

    let visits = u64::from(pages) * u64::from(versions);
    let held = store.held()?;
    let per_second = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "visits                    {visits} of {pages} pages, {} different payloads, {:.0} MiB plain",
        held.payloads,
        mib(plain)
    )?;
    writeln!(
        out,
        "kept                      {:.0} visits/s, {:.0} MiB/s, durable",
        per_second(visits, keeping),
        mib(plain) / keeping.as_secs_f64()
    )?;
    writeln!(
        out,
        "store                     {:.2} MiB, {} bytes a visit",
        mib(held.file_bytes),
        held.file_bytes / visits
    )?;
    writeln!(
        out,
        "WARC.gz with revisits     {:.2} MiB, {} bytes a visit: {:.1} times the store",
        mib(warc),
        warc / visits,
        warc as f64 / held.file_bytes as f64
    )?;
    writeln!(
        out,
        "a payload read back       {:.2} ms in the mean, {:.2} ms at most",
        total.as_secs_f64() * 1e3 / reading.len() as f64,
        reading.last().map_or(0.0, Duration::as_secs_f64) * 1e3
    )?;
    writeln!(
        out,
        "latest visit of {seeds} seeds {:.2} ms",
        latest.as_secs_f64() * 1e3
    )?;
    writeln!(
        out,
        "everything verified       {:.0} MiB/s, {problems} problems",
        mib(held.plain_bytes) / verifying.as_secs_f64()
    )?;
    Ok(())
}

/// What keeping the visits came to.
struct Filled {
    /// The time that the store took.
    keeping: Duration,
    /// The bytes of all bodies that came.
    plain: u64,
    /// The bytes of the same visits as WARC.gz.
    warc: u64,
    digests: Vec<PayloadDigest>,
}

async fn fill(store: &Store, crawl: CrawlId, pages: u32, versions: u32) -> Result<Filled, Failure> {
    let started = parse_digits14("20240101").unwrap_or_default();
    let mut warc = Writer::new(Length(0), Compression::Gzip);
    let (mut keeping, mut plain) = (Duration::ZERO, 0u64);
    let mut digests = Vec::new();
    let mut texts: Vec<Page> = (0..pages).map(Page::new).collect();
    for version in 0..versions {
        let mut round = Vec::new();
        for page in &mut texts {
            if version > 0 {
                page.edit();
            }
            let date = started + chrono::TimeDelta::days(i64::from(version));
            let visit = page.visit(date)?;
            warc.visit(&visit)?;
            if let Some(Outcome::Response(it)) = visit.last().map(|it| &it.outcome) {
                plain += it.payload.len() as u64;
                digests.push(PayloadDigest::of(&it.payload));
            }
            round.push(visit);
        }
        let watch = Stopwatch::now();
        let mut tasks = JoinSet::new();
        for visit in round {
            let store = store.clone();
            tasks.spawn(async move { store.add_visit(crawl, visit, Vec::new()).await });
            if tasks.len() >= IN_FLIGHT {
                tasks.join_next().await.transpose()?.transpose()?;
            }
        }
        while let Some(added) = tasks.join_next().await {
            added??;
        }
        keeping += watch.elapsed();
    }

    Ok(Filled {
        keeping,
        plain,
        warc: warc.finish()?.0,
        digests,
    })
}

/// A page that goes through versions.
struct Page {
    number: u32,
    random: Random,
    words: Vec<&'static str>,
    last: Option<(PayloadDigest, chrono::DateTime<chrono::Utc>)>,
}

impl Page {
    fn new(number: u32) -> Self {
        let mut random = Random(u64::from(number) + 1);
        let words = (0..9_000).map(|_| random.word()).collect();
        Self {
            number,
            random,
            words,
            last: None,
        }
    }

    /// Nothing in one version of three, else 1 to 4 words.
    fn edit(&mut self) {
        if self.random.below(3) == 0 {
            return;
        }
        for _ in 0..=self.random.below(4) {
            let at = self.random.below(self.words.len());
            let word = self.random.word();
            if let Some(it) = self.words.get_mut(at) {
                *it = word;
            }
        }
    }

    fn html(&self) -> Vec<u8> {
        let mut html = format!(
            "<!doctype html><html lang=en><title>Page {}</title><main>",
            self.number
        );
        for (paragraph, words) in self.words.chunks(60).enumerate() {
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

    fn visit(&mut self, date: chrono::DateTime<chrono::Utc>) -> Result<Visit, Failure> {
        let host = self.number % 20;
        let seed: TargetUri =
            format!("https://site-{host}.example/page/{}", self.number).parse()?;
        let payload = self.html();
        let digest = PayloadDigest::of(&payload);
        let tag = self.random.next();
        let head = format!(
            "HTTP/1.1 200 OK\r\nDate: {}\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             ETag: \"{tag:x}\"\r\nX-Request-Id: {:x}\r\nCache-Control: max-age=0\r\n\r\n",
            stillsays::clock::http_date(date),
            payload.len(),
            self.random.next(),
        )
        .into_bytes();
        let outcome = match self.last {
            Some((known, refers_to_date)) if known == digest => Outcome::Revisit(Revisit {
                profile: RevisitProfile::IdenticalPayloadDigest,
                head,
                payload_digest: digest,
                refers_to_date,
                refers_to_uri: seed.clone(),
            }),
            _ => {
                self.last = Some((digest, date));
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
        Ok(Visit {
            captures: vec![Capture {
                target_uri: seed.clone(),
                date,
                ended: date + chrono::TimeDelta::milliseconds(300),
                connection: None,
                request: request.into_bytes(),
                outcome,
            }],
            seed,
        })
    }
}

/// The same numbers every time (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % limit.max(1)
    }

    /// Some words come often, as in life.
    fn word(&mut self) -> &'static str {
        let at = self.below(WORDS.len()).min(self.below(WORDS.len()));
        WORDS.get(at).copied().unwrap_or("word")
    }
}

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

/// A writer that only counts.
struct Length(u64);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
