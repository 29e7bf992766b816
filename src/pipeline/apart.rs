//! PDF files are read apart: in a child of the program, which may take so much time and memory and then is gone.

use std::{
    env,
    io::{self, Read, Write},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use crate::pdf::TextLayer;

/// The verb by which the program reads a PDF file on stdin and writes its text layer on stdout.
pub const PDF_VERB: &str = "pdf-text";

/// What a child that reads a PDF file may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Its memory, in bytes.
    pub memory: u64,
    /// Its time on a processor, in seconds.
    pub processor: u64,
    /// The time until it is ended, however busy the machine is.
    pub wall: Duration,
    /// How much text it may give, in bytes.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 768 * 1024 * 1024,
            processor: 20,
            wall: Duration::from_mins(2),
            output: 32 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Puts the limits on this process, from here to its end (getrlimit(2)); where the system knows none, there are none.
    ///
    /// # Errors
    /// The system refuses them.
    pub fn impose(&self) -> io::Result<()> {
        #[cfg(unix)]
        {
            use rlimit::{Resource, setrlimit};
            setrlimit(Resource::CPU, self.processor, self.processor)?;
            setrlimit(Resource::CORE, 0, 0)?;
            setrlimit(Resource::FSIZE, 0, 0)?;
            // Some systems know no limit of the address space; there the wall clock is what is left.
            let _ = setrlimit(Resource::AS, self.memory, self.memory);
        }
        Ok(())
    }
}

/// What reads PDF files: a program that knows [`PDF_VERB`], and the limits it is held to.
#[derive(Clone, Debug)]
pub struct PdfReader {
    program: Option<PathBuf>,
    limits: Limits,
}

impl PdfReader {
    /// The program that is running now; only for a program that passes its arguments to `cli::run`.
    #[must_use]
    pub fn this_program() -> Self {
        Self {
            program: env::current_exe().ok(),
            limits: Limits::default(),
        }
    }

    /// No reader: PDF files are held and not read.
    #[must_use]
    pub fn none() -> Self {
        Self {
            program: None,
            limits: Limits::default(),
        }
    }

    /// The program at `program`, held to `limits`.
    #[must_use]
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self {
            program: Some(program),
            limits,
        }
    }

    /// The text layer of the PDF file `body`; whatever befalls the child is told as a fault of the file.
    #[must_use]
    pub fn read(&self, body: &[u8]) -> TextLayer {
        let Some(program) = &self.program else {
            return TextLayer::unread("nothing here reads PDF files".to_owned());
        };
        let child = Command::new(program)
            .arg(PDF_VERB)
            .args(["--memory", &self.limits.memory.to_string()])
            .args(["--processor", &self.limits.processor.to_string()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        match child {
            Ok(child) => self.converse(child, body),
            Err(error) => TextLayer::unread(format!("its reader cannot be started: {error}")),
        }
    }

    fn converse(&self, mut child: Child, body: &[u8]) -> TextLayer {
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            scope.spawn(move || {
                // A child that ends early leaves its input unread; that it ended is told elsewhere.
                let _ = stdin.map(|mut it| it.write_all(body));
            });
            let words = scope.spawn(move || last_words(stderr));
            let (lines, cut) = self.listen(stdout);
            if cut.is_some() {
                // It may have ended by itself in between.
                let _ = child.kill();
            }
            let ended = child.wait();
            let words = words.join().unwrap_or_default();
            let mut layer = TextLayer::parse(&lines);
            match (cut, ended) {
                (Some(Cut::Time), _) => {
                    layer.passing = true;
                    layer.fault = Some(format!(
                        "reading it was not done after {} seconds",
                        self.limits.wall.as_secs()
                    ));
                }
                (Some(Cut::Output), _) => {
                    layer.fault = Some(format!(
                        "it has more than {} MiB of text",
                        self.limits.output / 1024 / 1024
                    ));
                }
                (None, Ok(status)) if !status.success() => {
                    layer.fault = Some(self.broken_off(status, &words));
                }
                (None, Ok(_)) => {}
                (None, Err(error)) => {
                    layer.passing = true;
                    layer.fault = Some(format!("its reader was lost: {error}"));
                }
            }
            layer
        })
    }

    /// What the child writes, until it ends or a limit is reached.
    fn listen(&self, stdout: Option<impl Read + Send + 'static>) -> (Vec<u8>, Option<Cut>) {
        let (send, pieces) = mpsc::channel();
        // It is not waited for: it ends when the child's end of the pipe does.
        thread::spawn(move || {
            let Some(mut stdout) = stdout else { return };
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let deadline = Instant::now() + self.limits.wall;
        let mut lines = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match pieces.recv_timeout(left) {
                Ok(piece) => lines.extend(piece),
                Err(RecvTimeoutError::Disconnected) => return (lines, None),
                Err(RecvTimeoutError::Timeout) => return (lines, Some(Cut::Time)),
            }
            if lines.len() > self.limits.output {
                return (lines, Some(Cut::Output));
            }
        }
    }

    /// Why a child ended without having done its work.
    fn broken_off(&self, status: ExitStatus, words: &str) -> String {
        if words.contains("memory allocation of") {
            let memory = self.limits.memory / 1024 / 1024;
            return format!("reading it takes more than {memory} MiB of memory");
        }
        if words.contains("overflowed its stack") {
            return "it nests without end".to_owned();
        }
        #[cfg(unix)]
        {
            use std::os::unix::process::ExitStatusExt;
            const OUT_OF_TIME: [i32; 2] = [9, 24];
            if status.signal().is_some_and(|it| OUT_OF_TIME.contains(&it)) {
                let seconds = self.limits.processor;
                return format!("reading it takes more than {seconds} seconds");
            }
        }
        format!("its reader broke off ({status})")
    }
}

/// Which limit the parent saw reached.
enum Cut {
    Time,
    Output,
}

/// The start of what a child says on stderr; the rest is read and let go.
fn last_words(stderr: Option<impl Read>) -> String {
    let Some(mut stderr) = stderr else {
        return String::new();
    };
    let mut words = Vec::new();
    // A child without last words is one that said nothing.
    let _ = stderr.by_ref().take(4096).read_to_end(&mut words);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&words).into_owned()
}
