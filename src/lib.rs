//! Does the page still say so?
//!
//! stillsays archives the pages that an encyclopedia-like article cites, reads the archived copies, and shows, claim by claim
//! and with evidence, what the pages still say.
//!
//! # Layout
//!
//! The flow, in the order in which a page passes through it:
//!
//! - [`article`] reads an article into a [`profile`]: references and claims. [`html`] is the one parsed page for all who read HTML.
//! - [`schedule`] determines which of the cited pages are due.
//! - [`fetch`] visits them, politely and safely; each visit becomes [`capture`]s. [`challenge`] recognizes answers that check for
//!   a person, [`forward`] pages that only send a browser elsewhere.
//! - [`store`] keeps captures, findings and reviews; [`interchange`] exchanges them with other archives, as [`warc`] files with
//!   their [`cdxj`] index, or as [`wacz`] packages.
//! - [`ledger`] proves all of that: a signed Merkle tree over the contents of the archive.
//! - [`extract`] makes a [`reading`] of a stored capture: text, headings, lists of [`entity`] names, page state.
//! - [`compare`] checks claims against readings: each gives a [`finding`] with its evidence.
//! - [`desk`] orders what people decide, page by page; [`edit`] proposes what to change in the article.
//! - [`report`] shows findings to people; [`notify`] sends them what is new, and a [`feed`] tells their programs.
//! - [`account`] knows who may see and decide.
//! - [`web`] shows them in a browser, with the archived pages: [`replay`] rewrites links to lead into the archive, [`memento`] is
//!   the protocol for dated copies.
//! - [`pipeline`] is the run, step by step; `fleet` (a Cargo feature) spreads it over machines. [`config`] and [`cli`] are its
//!   settings and commands.
//!
//! # Layers
//!
//! The modules below are listed in groups, lowest first. A module uses only modules of groups above its own; modules in the
//! same group do not use each other. `tests/architecture.rs` checks this.

#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // here, so that tests may stop where they cannot go on

pub mod clock;
pub mod digest;
pub mod media_type;
pub mod text;
pub mod uri;

pub mod language;

pub mod capture;
pub mod host;
pub mod selector;

pub mod entity;
pub mod profile;

pub mod finding;
pub mod reading;

pub mod content_coding;
pub mod html;

pub mod article;
pub mod cdxj;
pub mod feed;
pub mod ledger;
pub mod memento;
pub mod pdf;
pub mod robots;
pub mod wacz;
pub mod warc;

pub mod challenge;
pub mod forward;

pub mod account;
pub mod archives;
pub mod compare;
pub mod desk;
pub mod edit;
pub mod extract;
pub mod fetch;
pub mod notify;
pub mod replay;
pub mod report;
pub mod schedule;
pub mod store;

pub mod interchange;
pub mod pipeline;

#[cfg(feature = "fleet")]
pub mod fleet;

pub mod config;

pub mod web;

pub mod cli;
