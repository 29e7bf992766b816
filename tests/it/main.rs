//! The program and its parts from outside, one module per surface.

mod extract;
mod report;
mod robots;
mod store;
mod warc;
