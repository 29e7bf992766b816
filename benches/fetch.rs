//! What the fetcher costs and how little time it loses: `cargo bench --bench fetch`.
//!
//! - Politeness: 8 hosts of 50 seeds with a pause of 50 ms; wall time over what the longest queue has to wait anyway.
//! - CPU of the fetcher alone: 1,000 new pages of 70 KB over one loopback server, and all of them answered with 304.
//! - CPU of the whole program from start to exit code on a fresh store: `stillsays run --archive-only` over new pages, fetched
//!   and stored durably, against `wget --warc-file` over the same where that is installed; then all answered with 304;
//!   then the same with the comparison, where the pages are cited and no claim rests on them.
//! - Memory: the peak of such a run over 500 and over 2,000 pages (`VmHWM`).
//!
//! The server runs in a process of its own. Pages are text of a few thousand different words with the usual markup
//! around them; each is another, and they compress about five times.

use std::{
    error::Error,
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use stillsays::{
    capture::Outcome,
    clock::Clock,
    digest::PayloadDigest,
    fetch::{self, Options, Order, Validators},
};
use tokio::sync::{mpsc, watch};

type Outcomes = Result<(), Box<dyn Error>>;

const PAGES: usize = 1000;
const PAGE_BYTES: usize = 70_000;

fn main() -> Outcomes {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--serve"] => serve(),
        ["--visit", origin, how] => visit(origin, how == "again"),
        _ => measure(),
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn measure() -> Outcomes {
    let (taken, least) = politeness()?;
    let ratio = taken.as_secs_f64() / least.as_secs_f64();
    println!("politeness: 8 hosts x 50 seeds at 50 ms: {taken:.3?} / {least:.3?} = {ratio:.3}");

    let mut server = Command::new(std::env::current_exe()?)
        .arg("--serve")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut origin = String::new();
    let stdout = server.stdout.take().ok_or("no stdout")?;
    BufReader::new(stdout).read_line(&mut origin)?;
    let origin = origin.trim();
    let ours = |how: &str| {
        let mut command = Command::new(std::env::current_exe()?);
        cpu_of(command.args(["--visit", origin, how]))
    };
    println!(
        "fetcher alone: {PAGES} new pages of {PAGE_BYTES} bytes: {:.2} s CPU; answered with 304: {:.2} s CPU",
        ours("new")?,
        ours("again")?
    );
    for pages in [PAGES / 2, PAGES, 2 * PAGES] {
        whole_run(origin, pages)?;
    }
    match wget(origin) {
        Ok(theirs) => println!("wget --warc-file: {PAGES} new pages: {theirs:.2} s CPU"),
        Err(error) => println!("wget was not run: {error}"),
    }
    server.kill()?;
    server.wait()?;
    Ok(())
}

/// `stillsays run` over so many pages: once when all are new, once when all are answered with 304.
#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn whole_run(origin: &str, pages: usize) -> Outcomes {
    let folder = std::env::temp_dir().join(format!("stillsays-run-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("config/profiles"))?;
    let settings =
        "[fetch]\nallow = [\"127.0.0.0/8\"]\ndelay = \"0s\"\ncontact = \"bench@example.org\"\n";
    std::fs::write(folder.join("config/stillsays.toml"), settings)?;
    let mut profile = "format = 1\ntitle = \"Pages\"\n".to_owned();
    for page in 0..pages {
        let number = page + 1;
        write!(
            profile,
            "[[references]]\nnumber = {number}\ntitle = \"Page {number}\"\nurl = \"{origin}/page-{page}\"\n"
        )?;
    }
    std::fs::write(folder.join("config/profiles/pages.toml"), profile)?;
    let only = &["--archive-only"][..];
    for (what, how) in [
        ("new, archived only", only),
        ("304, archived only", only),
        ("304, and read for the first time", &[]),
        ("304, and compared", &[]),
    ] {
        let before = children()?;
        let started = Instant::now();
        let mut run = Command::new(env!("CARGO_BIN_EXE_stillsays"))
            .args(["run", "--all", "--quiet"])
            .args(how)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn()?;
        let mut peak = 0;
        let status = loop {
            peak = peak_of(run.id()).unwrap_or(peak);
            if let Some(status) = run.try_wait()? {
                break status;
            }
            thread::sleep(Duration::from_millis(5));
        };
        if !status.success() {
            return Err(status.to_string().into());
        }
        println!(
            "stillsays run: {pages} pages, {what}: {:.2} s CPU in {:.2} s, peak memory {:.1} MB",
            children()? - before,
            started.elapsed().as_secs_f64(),
            f64::from(peak) / 1000.0
        );
    }
    let file = std::fs::metadata(folder.join("snapshots/stillsays.db"))?.len();
    println!("  the store: {} bytes for each page", file / pages as u64);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The most memory that a process had so far, in units of 1,024 bytes.
fn peak_of(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|it| it.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The wall time of a run, and the least that it could take.
fn politeness() -> Result<(Duration, Duration), Box<dyn Error>> {
    const SEEDS: usize = 50;
    const PAUSE: Duration = Duration::from_millis(50);
    let mut orders = Vec::new();
    for host in 1..=8 {
        let listener = TcpListener::bind(format!("127.0.0.{host}:0"))?;
        let origin = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || answer(&listener, 2000));
        for seed in 0..SEEDS {
            orders.push(order(&origin, seed)?);
        }
    }
    let options = Options {
        delay: PAUSE,
        ..options()?
    };
    let started = Instant::now();
    let count = crawl(orders, options)?;
    if count != 8 * SEEDS {
        return Err(format!("{count} visits came").into());
    }
    Ok((started.elapsed(), PAUSE * u32::try_from(SEEDS)?))
}

fn visit(origin: &str, again: bool) -> Outcomes {
    let mut orders = Vec::new();
    for seed in 0..PAGES {
        let mut order = order(origin, seed)?;
        if again {
            order.validators = Some(Validators {
                etag: Some("\"1\"".to_owned()),
                last_modified: None,
                payload_digest: PayloadDigest::of(b""),
                date: Clock::default().now(),
                target_uri: order.seed.clone(),
                conditional: true,
            });
        }
        orders.push(order);
    }
    let count = crawl(orders, options()?)?;
    if count != PAGES {
        return Err(format!("{count} visits came").into());
    }
    Ok(())
}

fn options() -> Result<Options, Box<dyn Error>> {
    Ok(Options {
        allow: vec!["127.0.0.0/8".parse()?],
        delay: Duration::ZERO,
        ..Options::default()
    })
}

fn order(origin: &str, seed: usize) -> Result<Order, Box<dyn Error>> {
    Ok(Order {
        seed: format!("{origin}/page-{seed}").parse()?,
        validators: None,
    })
}

/// Runs the orders on one core; how many visits came to a response.
fn crawl(orders: Vec<Order>, options: Options) -> Result<usize, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        let (_keep, stop) = watch::channel(false);
        let (done, mut visits) = mpsc::channel(16);
        let run = fetch::run(orders, [], Arc::new(options), Clock::default(), stop, done);
        let count = async {
            let mut count = 0;
            while let Some(it) = visits.recv().await {
                let last = it.visit.last().map(|it| &it.outcome);
                count += usize::from(!matches!(last, None | Some(Outcome::Failure(_))));
            }
            count
        };
        tokio::join!(run, count).1
    }))
}

#[expect(clippy::print_stdout, reason = "it says where it listens")]
fn serve() -> Outcomes {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    answer(&listener, PAGE_BYTES);
    Ok(())
}

fn answer(listener: &TcpListener, length: usize) {
    for stream in listener.incoming().flatten() {
        thread::spawn(move || drop(answer_on(stream, length)));
    }
}

/// Pages of the given length, each another; 304 to whoever has one already.
fn answer_on(mut stream: TcpStream, length: usize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 8192];
    loop {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            request.extend_from_slice(&buffer[..count]);
        }
        let request = String::from_utf8_lossy(&request);
        let path = request.split(' ').nth(1).unwrap_or_default();
        let reply = if path == "/robots.txt" {
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()
        } else if request.contains("If-None-Match") {
            b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n".to_vec()
        } else {
            let page = page(path, length);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"1\"\r\nContent-Length: {length}\r\n\r\n"
            );
            [head, page].concat().into_bytes()
        };
        stream.write_all(&reply)?;
    }
}

/// A page of the given length, another one for each path.
fn page(path: &str, length: usize) -> String {
    const BEGINNINGS: [&str; 16] = [
        "har", "mon", "ves", "tol", "per", "qui", "ber", "lan", "dor", "fin", "gal", "hem", "jus",
        "kor", "lim", "nor",
    ];
    const ENDS: [&str; 16] = [
        "bour", "tal", "ing", "ment", "ers", "ation", "ley", "wood", "field", "ton", "ive", "ous",
        "al", "ed", "ly", "ness",
    ];
    let mut page = format!(
        "<!doctype html><html lang=en><head><title>{path}</title></head><body><h1>{path}</h1>"
    );
    let mut number: u64 = path.bytes().fold(14_695_981_039_346_656_037, |it, byte| {
        (it ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    });
    let mut roll = |most: usize| {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(number >> 33).unwrap_or_default() % most
    };
    // Phrases come again, as they do in lists, menus and cards; the words between them are new.
    let phrases: Vec<String> = (0..60)
        .map(|_| {
            let words = (0..6).map(|_| {
                let (beginning, end) = (BEGINNINGS[roll(16)], ENDS[roll(16)]);
                format!(" {beginning}{end}")
            });
            words.collect::<Vec<_>>().concat()
        })
        .collect();
    while page.len() < length {
        page.push_str("<div class=\"card card--wide\"><h3 class=\"card__title\">");
        page.push_str(&phrases[roll(60)]);
        page.push_str("</h3><p class=\"card__text body-copy\">");
        for _ in 0..2 {
            page.push_str(&phrases[roll(60)]);
            page.push_str(" the ");
            page.push_str(BEGINNINGS[roll(16)]);
            page.push_str(ENDS[roll(16)]);
        }
        let link = roll(10_000);
        let _ = writeln!(
            page,
            ".</p>\n<a class=\"card__link\" href=\"/page-{link}\">read on</a></div>"
        );
    }
    page.truncate(length);
    page
}

fn wget(origin: &str) -> Result<f64, Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("stillsays-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let list = folder.join("list");
    let uris: Vec<String> = (0..PAGES)
        .map(|it| format!("{origin}/page-{it}\n"))
        .collect();
    std::fs::write(&list, uris.concat())?;
    let cpu = cpu_of(
        Command::new("wget")
            .args(["-q", "-O", "/dev/null", "--warc-file", "archive", "-i"])
            .arg(&list)
            .current_dir(&folder),
    );
    std::fs::remove_dir_all(&folder)?;
    cpu
}

/// User and system CPU seconds of a child, run to its end.
fn cpu_of(command: &mut Command) -> Result<f64, Box<dyn Error>> {
    let before = children()?;
    let status = command.status()?;
    if !status.success() {
        return Err(status.to_string().into());
    }
    Ok(children()? - before)
}

/// User and system CPU seconds of all children that have ended (proc(5): fields 16 and 17, in hundredths).
fn children() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
    let mut hundredths = 0.0;
    for field in fields.split_whitespace().skip(13).take(2) {
        hundredths += field.parse::<f64>()?;
    }
    Ok(hundredths / 100.0)
}
