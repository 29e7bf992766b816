//! `stillsays completions` and `stillsays man`, both generated from the command tree.

use std::{
    io,
    path::{Path, PathBuf},
};

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
    /// Prints the completions.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "stillsays", &mut text);
        print(&String::from_utf8_lossy(&text))?;
        Ok(Exit::Done)
    }
}

/// Arguments of `man`.
#[derive(Args, Debug)]
pub(super) struct ManArgs {
    /// Write the page of every command, each to a file of its own, into this folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl ManArgs {
    /// Prints the manual page, or writes all of them.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        if let Some(folder) = self.folder {
            std::fs::create_dir_all(&folder)
                .and_then(|()| clap_mangen::generate_to(Cli::command(), &folder))
                .map_err(|error| unwritable(&folder, error))?;
            return Ok(Exit::Done);
        }
        let mut text = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut text)?;
        print(&String::from_utf8_lossy(&text))?;
        Ok(Exit::Done)
    }
}

/// The failure of writing into `folder`.
fn unwritable(folder: &Path, error: io::Error) -> Failure {
    let error = anyhow::Error::new(error);
    Failure::usage(error.context(format!("the folder {} cannot be written", folder.display())))
        .hint("name a folder that you can write, such as --folder man")
}
