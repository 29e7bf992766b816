//! The program and its parts from outside, one module per surface.

mod compare;
mod extract;
mod fetch;
mod profile;
mod project;
mod report;
mod robots;
mod run;
mod sample;
mod site;
mod store;
mod warc;
mod wire;
mod cli;
mod dev_pages;
mod documentation;
