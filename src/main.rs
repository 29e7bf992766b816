//! The program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    stillsays::cli::run(std::env::args_os()).into()
}
