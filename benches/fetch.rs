//! What the fetcher costs and how little time it loses: `cargo bench --bench fetch`.
//!
//! - Politeness: 8 hosts of 50 seeds with a pause of 50 ms; wall time over what the longest queue has to wait anyway.
//! - CPU: 1,000 new pages of 70 KB over one loopback server, against `wget --warc-file` where that is installed, and
//!   the same pages again when all are answered with 304. The server runs in a process of its own.

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
    let new = ours("new")?;
    let again = ours("again")?;
    println!("CPU for {PAGES} new pages of {PAGE_BYTES} bytes, fetch only: {new:.2} s");
    println!("CPU for {PAGES} answered with 304, fetch only: {again:.2} s");
    match wget(origin) {
        Ok(theirs) => println!(
            "CPU of wget --warc-file: {theirs:.2} s; ratio {:.2}",
            new / theirs
        ),
        Err(error) => println!("wget was not run: {error}"),
    }
    server.kill()?;
    server.wait()?;
    Ok(())
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
            let mut page = format!("<!doctype html><title>{path}</title>");
            let mut number = path.len();
            while page.len() < length {
                number = number
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let _ = write!(page, "<li>{path} {number:x}");
            }
            page.truncate(length);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"1\"\r\nContent-Length: {length}\r\n\r\n"
            );
            [head, page].concat().into_bytes()
        };
        stream.write_all(&reply)?;
    }
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
