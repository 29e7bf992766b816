//! The desk in the browser: one file for each page and act. Everything works without the script, which only saves clicks.

mod act_pages;
mod acting;
mod activity;
mod archive;
mod calendar;
mod captures;
mod changes;
mod cites;
mod claim;
mod compare;
mod done;
mod entries;
mod filter;
mod finding;
mod holding;
mod hosts;
mod kept;
mod keys;
mod list;
mod marked_article;
mod mast;
mod people;
mod profile;
mod queue;
mod reference;
mod say;
mod sheet;
mod sides;
mod spotted;
mod work;

pub(super) use act_pages::refused;
pub(super) use acting::{decide, is_path};
pub(super) use activity::{activity, activity_csv, activity_json};
pub(super) use archive::archive;
pub(super) use captures::captures;
pub(super) use claim::claim;
pub(super) use compare::compare;
pub(super) use finding::{found, packet};
pub(super) use hosts::hosts;
pub(super) use keys::keys;
pub(super) use mast::{Mast, page};
pub(super) use people::{change, people};
pub(super) use profile::profile;
pub(super) use queue::{find, queue};
pub(super) use reference::reference;
pub(super) use say::{ELSEWHERE, MAY_NOT};
pub(super) use sheet::{of_profile as sheet_of, sheet};
pub(super) use work::work;

use super::{Origins, Request, Web, room::Now};
use crate::pipeline::Named;

/// The parts of a path behind `/p/`, decoded: a profile, then what of it.
fn parts(request: &Request) -> Vec<String> {
    let rest = request.path.strip_prefix("/p/").unwrap_or_default();
    rest.split('/').map(decoded).collect()
}

/// A part of a path without its percent-coding.
pub(super) fn decoded(part: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(part);
    decoded.decode_utf8_lossy().into_owned()
}

/// The profile that a path names, and the rest of the path.
fn named<'a>(now: &'a Now, request: &Request) -> Option<(&'a Named, Vec<String>)> {
    let mut parts = parts(request);
    if parts.is_empty() {
        return None;
    }
    let named = now.profile(&parts.remove(0))?;
    Some((named, parts))
}

/// The answer for something that is not in the archive.
fn nothing(why: &str, (request, origins): (&Request, &Origins)) -> super::Answer {
    super::pages::refusal(404, why, request, origins)
}

impl Web {
    /// The day of today.
    fn today(&self) -> chrono::NaiveDate {
        self.options.clock.now().date_naive()
    }
}
