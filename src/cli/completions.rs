//! `stillsays completions` and `stillsays man`, both generated from the command tree.

use clap::{Args, CommandFactory};

use super::{Cli, Exit, Failure, session::print};

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "stillsays", &mut text);
        print(&String::from_utf8_lossy(&text))?;
        Ok(Exit::Done)
    }
}

/// Arguments of `man`.
#[derive(Args, Debug)]
pub(super) struct ManArgs {}

impl ManArgs {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let Self {} = self;
        let mut text = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut text)?;
        print(&String::from_utf8_lossy(&text))?;
        Ok(Exit::Done)
    }
}
