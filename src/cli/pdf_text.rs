//! `stillsays pdf-text`, which no help shows: the child that reads a PDF file on stdin and writes its text layer on stdout.

use std::io::{self, Read};

use crate::{pdf, pipeline::Limits};

use super::{Exit, Failure};

/// The stack of the thread that reads; files nest their objects deep.
const STACK: usize = 64 * 1024 * 1024;

/// Arguments of `pdf-text`.
#[derive(clap::Args, Debug)]
pub(super) struct PdfTextArgs {
    /// The memory it may take, in bytes
    #[arg(long, value_name = "BYTES")]
    memory: u64,
    /// The time it may take on a processor, in seconds
    #[arg(long, value_name = "SECONDS")]
    processor: u64,
}

impl PdfTextArgs {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        let limits = Limits {
            memory: self.memory,
            processor: self.processor,
            ..Limits::default()
        };
        limits.impose()?;
        // A page that cannot be read is told on stdout; what a library says before it gives up interests nobody.
        std::panic::set_hook(Box::new(|_| {}));
        let reader = std::thread::Builder::new().stack_size(STACK);
        let reader = reader.spawn(move || pdf::write(&bytes, &mut io::stdout()))?;
        match reader.join() {
            Ok(written) => written?,
            Err(_) => return Err(Failure::usage(anyhow::anyhow!("the file broke its reader"))),
        }
        Ok(Exit::Done)
    }
}
