//! The fleet from outside: frontier, depot and commands, on SQLite and, where it is installed, PostgreSQL.

#![expect(
    clippy::print_stderr,
    reason = "tests say what they skip, and what a fleet went through"
)]

mod between;
mod cable;
mod chaos;
mod commands;
mod figures;
mod frontier;
#[path = "../it/project.rs"]
#[expect(
    dead_code,
    reason = "shared with the other tests, which use more of it"
)]
mod project;
mod s3;
mod server;
#[path = "../it/site.rs"]
#[expect(
    dead_code,
    reason = "shared with the other tests, which use more of it"
)]
mod site;
