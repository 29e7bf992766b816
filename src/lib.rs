//! Does the page still say so?
//!
//! stillsays archives the pages that an encyclopedia-like article cites, reads from the archived copies what the
//! article claims on their word, and shows, claim by claim and with evidence, what the pages still say.
//!
//! # Layout
//!
//! The flow, in the order in which a page goes through it:
//!
//! - [`article`] reads an article into a [`profile`]: references and claims.
//! - [`schedule`] says which of the cited pages are due.
//! - [`fetch`] visits them, politely and safely; each visit becomes [`capture`]s. [`challenge`] tells answers that ask for a
//!   person, [`forward`] pages that only send a browser elsewhere.
//! - [`store`] keeps captures, findings and reviews; [`interchange`] takes them in from and out to other archives, as [`warc`] files
//!   with their [`cdxj`] index, or [`wacz`] packages.
//! - [`ledger`] is how all of that can be proved: a Merkle tree over what is kept, signed.
//! - [`extract`] makes a [`reading`] of a stored capture: text, headings, lists of [`entity`] names, page state.
//! - [`compare`] holds claims against readings: each gives a [`finding`] with its evidence.
//! - [`report`] shows findings to people.
//! - [`web`] shows them to browsers, with the archived pages: [`replay`] leads a page's links into the archive, [`memento`] is how
//!   dated copies are asked for and told.
//! - [`pipeline`] is the run as a plot; [`config`] and [`cli`] are how one asks for it.
//!
//! # Layers
//!
//! The modules below stand in groups, lowest first. A module names only modules of groups above its own;
//! neighbours in a group do not know each other. `tests/architecture.rs` holds this.

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // here, so that tests may stop where they cannot go on

pub mod clock;
pub mod digest;
pub mod media_type;
pub mod text;
pub mod uri;

pub mod capture;
pub mod host;
pub mod selector;

pub mod entity;
pub mod profile;

pub mod finding;
pub mod reading;

pub mod html_scan;

pub mod article;
pub mod cdxj;
pub mod content_coding;
pub mod ledger;
pub mod memento;
pub mod pdf;
pub mod robots;
pub mod wacz;
pub mod warc;

pub mod challenge;
pub mod forward;

pub mod compare;
pub mod extract;
pub mod fetch;
pub mod replay;
pub mod report;
pub mod schedule;
pub mod store;

pub mod interchange;
pub mod pipeline;

pub mod config;

pub mod web;

pub mod cli;
