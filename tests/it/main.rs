//! The program and its parts from outside, one module per surface.

mod backup;
mod check;
mod cli;
mod compare;
mod dev_pages;
mod documentation;
mod extract;
mod fetch;
mod history;
mod interchange;
mod kills;
mod ledger;
mod media_type;
mod pdf;
mod profile;
mod project;
mod properties;
mod report;
mod robots;
mod run;
mod sample;
mod serve;
mod site;
mod store;
mod warc;
mod wire;
