//! The program and its parts from outside, one module per surface.

mod extract;
mod fetch;
mod report;
mod robots;
mod sample;
mod site;
mod store;
mod warc;
