//! The program and its parts from outside, one module per surface.

mod extract;
mod robots;
mod store;
mod warc;
