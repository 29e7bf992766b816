//! `stillsays pdf-text`, a hidden command: the child process that reads a PDF file from stdin and writes its text to stdout.

use std::io::{self, Read};

use crate::{pdf, pipeline::Limits};

use super::{Exit, Failure};

/// The stack size of the reading thread, in bytes; PDF files nest objects deeply.
const STACK: usize = 64 * 1024 * 1024;

/// Arguments of `pdf-text`.
#[derive(clap::Args, Debug)]
pub(super) struct PdfTextArgs {
    /// The most memory to use, in bytes
    #[arg(long, value_name = "BYTES")]
    memory: u64,
    /// The most CPU time to use, in seconds
    #[arg(long, value_name = "SECONDS")]
    processor: u64,
}

impl PdfTextArgs {
    /// Writes the text layer to stdout; a file that cannot be read is a fault in the layer, not a failure.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        let limits = Limits {
            memory: self.memory,
            processor: self.processor,
            ..Limits::default()
        };
        limits.impose()?;
        // Unreadable pages are reported on stdout; the panic message of a library would only add noise.
        std::panic::set_hook(Box::new(|_| {}));
        let reader = std::thread::Builder::new().stack_size(STACK);
        let reader = reader.spawn(move || pdf::write(&bytes, &mut io::stdout()))?;
        match reader.join() {
            Ok(written) => written?,
            Err(_) => {
                return Err(Failure::usage(anyhow::anyhow!(
                    "the reader crashed on this file"
                )));
            }
        }
        Ok(Exit::Done)
    }
}
