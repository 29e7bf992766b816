//! Reads PDF files in a child process with limits on time and memory.

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

/// The command with which the program reads a PDF file from stdin and writes its text layer to stdout.
pub const PDF_VERB: &str = "pdf-text";

/// The limits of a child that reads a PDF file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Its memory, in bytes.
    pub memory: u64,
    /// Its CPU time, in seconds.
    pub processor: u64,
    /// The time after which it is ended, however busy the machine is.
    pub wall: Duration,
    /// The most text, in bytes.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 768 * 1024 * 1024,
            processor: 20,
            wall: Duration::from_secs(2 * 60),
            output: 32 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Applies the limits to this process until its end (getrlimit(2)), as far as the system supports them.
    ///
    /// # Errors
    /// The system refuses the limits.
    pub fn impose(&self) -> io::Result<()> {
        #[cfg(unix)]
        {
            use rlimit::{Resource, setrlimit};
            setrlimit(Resource::CPU, self.processor, self.processor)?;
            setrlimit(Resource::CORE, 0, 0)?;
            setrlimit(Resource::FSIZE, 0, 0)?;
            // Some systems have no limit on the address space; there, only the wall clock is left.
            let _ = setrlimit(Resource::AS, self.memory, self.memory);
        }
        Ok(())
    }
}

/// The reader for PDF files: a program that knows [`PDF_VERB`], and its limits.
#[derive(Clone, Debug)]
pub struct PdfReader {
    program: Option<PathBuf>,
    limits: Limits,
}

impl PdfReader {
    /// The running program; only for a program that passes its arguments to `cli::run`.
    #[must_use]
    pub fn this_program() -> Self {
        Self {
            program: env::current_exe().ok(),
            limits: Limits::default(),
        }
    }

    /// No reader: PDF files are stored but not read.
    #[must_use]
    pub fn none() -> Self {
        Self {
            program: None,
            limits: Limits::default(),
        }
    }

    /// The program at `program`, with `limits`.
    #[must_use]
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self {
            program: Some(program),
            limits,
        }
    }

    /// The text layer of the PDF file `body`; whatever happens to the child is reported as a fault of the file.
    #[must_use]
    pub fn read(&self, body: &[u8]) -> TextLayer {
        let Some(program) = &self.program else {
            return TextLayer::unread("there is no reader for PDF files".to_owned());
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
                // A child that ends early leaves its input unread; its end is reported elsewhere.
                let _ = stdin.map(|mut stdin| stdin.write_all(body));
            });
            let words = scope.spawn(move || last_words(stderr));
            let (lines, cut) = self.listen(stdout);
            if cut.is_some() {
                // It can have ended by itself in the meantime.
                let _ = child.kill();
            }
            let ended = child.wait();
            let words = words.join().unwrap_or_default();
            let mut layer = TextLayer::parse(&lines);
            match (cut, ended) {
                (Some(Cut::Time), _) => {
                    layer.passing = true;
                    layer.fault = Some(format!(
                        "reading it was not finished after {} seconds",
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

    /// The output of the child, until it ends or a limit is reached.
    fn listen(&self, stdout: Option<impl Read + Send + 'static>) -> (Vec<u8>, Option<Cut>) {
        let (send, pieces) = mpsc::channel();
        // The thread is not joined: it ends with the child's end of the pipe.
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

    /// Why a child ended without finishing.
    fn broken_off(&self, status: ExitStatus, words: &str) -> String {
        if words.contains("memory allocation of") {
            let memory = self.limits.memory / 1024 / 1024;
            return format!("reading it takes more than {memory} MiB of memory");
        }
        if words.contains("overflowed its stack") {
            return "it nests endlessly".to_owned();
        }
        #[cfg(unix)]
        {
            use std::os::unix::process::ExitStatusExt;
            const OUT_OF_TIME: [i32; 2] = [9, 24];
            if status
                .signal()
                .is_some_and(|signal| OUT_OF_TIME.contains(&signal))
            {
                let seconds = self.limits.processor;
                return format!("reading it takes more than {seconds} seconds");
            }
        }
        format!("its reader crashed ({status})")
    }
}

/// Which limit the parent saw reached.
enum Cut {
    Time,
    Output,
}

/// The beginning of the stderr of a child; the rest is read and dropped.
fn last_words(stderr: Option<impl Read>) -> String {
    let Some(mut stderr) = stderr else {
        return String::new();
    };
    let mut words = Vec::new();
    // Without stderr, there is no message.
    let _ = stderr.by_ref().take(4096).read_to_end(&mut words);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&words).into_owned()
}
