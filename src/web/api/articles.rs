//! Profiles with their claims, references and edits.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answers::{Listed, Paging, json, none, page, part, time},
    model::{Claim, Profile, Reference, sizes, waiting},
};
use crate::{
    desk::{Item, staleness},
    edit::{Edit, FORMS},
    pipeline::Named,
    web::{Answer, Origins, Request, Web, desk, problem::Problem, profiles::Entry, room::Now},
};

const NO_PROFILE: &str = "There is no profile of that name.";

/// The articles, by name.
#[utoipa::path(get, path = "/api/v1/profiles", tag = "articles", params(Paging),
    responses((status = 200, body = Listed<Profile>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn profiles(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let all = now.profiles.iter().map(|entry| (entry.name.clone(), entry));
    page(request, all.collect(), |entry| shown(web, entry, &now))
}

/// An article.
#[utoipa::path(get, path = "/api/v1/profiles/{profile}", tag = "articles", params(("profile" = String, Path, description = "The name of the profile")),
    responses((status = 200, body = Profile), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn profile(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let name = part(request, 1);
    let entry = now.profiles.iter().find(|entry| entry.name == name);
    let entry = entry.ok_or_else(|| none(NO_PROFILE))?;
    json(request, &shown(web, entry, &now))
}

/// The claims of an article, in its order.
#[utoipa::path(get, path = "/api/v1/profiles/{profile}/claims", tag = "articles", params(("profile" = String, Path, description = "The name of the profile"), Paging),
    responses((status = 200, body = Listed<Claim>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn claims(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let named = named(&now, request)?;
    let claims = named.profile.claims.iter().enumerate();
    let claims = claims.map(|(place, claim)| (format!("{place:06}"), claim));
    page(request, claims.collect(), |claim| {
        Claim::of(claim, &now, &named.name)
    })
}

/// The references of an article, by number.
#[utoipa::path(get, path = "/api/v1/profiles/{profile}/references", tag = "articles", params(("profile" = String, Path, description = "The name of the profile"), Paging),
    responses((status = 200, body = Listed<Reference>), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn references(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let named = named(&now, request)?;
    let references = named.profile.references.iter();
    let references = references.map(|reference| (format!("{:010}", reference.number), reference));
    page(request, references.collect(), |reference| {
        Reference::of(reference, &now, &named.name)
    })
}

/// The edits that an article needs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Edits {
    /// The version of the format of `edits`.
    format: u32,
    profile: String,
    /// The latest visit that the edits rest on.
    #[schema(format = DateTime)]
    as_of: Option<String>,
    /// The edits, as `stillsays edits --format json` writes them.
    #[schema(value_type = Vec<Object>)]
    #[serde(rename = "edits")]
    all: Vec<serde_json::Value>,
}

/// The edits that an article needs, with every form of their citations.
#[utoipa::path(get, path = "/api/v1/profiles/{profile}/edits", tag = "articles", params(("profile" = String, Path, description = "The name of the profile")),
    responses((status = 200, body = Edits), (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn edits(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let named = named(&now, request)?;
    let sheet = desk::sheet_of(web, &now, named)?;
    let edits = Edits {
        format: 1,
        profile: named.name.clone(),
        as_of: sheet.report.as_of.map(time),
        all: sheet
            .edits
            .iter()
            .map(|proposed| edit(web, proposed))
            .collect(),
    };
    json(request, &edits)
}

fn edit(web: &Web, edit: &Edit) -> serde_json::Value {
    let today = web.options.clock.now().date_naive();
    let mut value = serde_json::json!(edit);
    let forms = FORMS.iter().filter_map(|form| {
        let text = edit.pasted(*form, None, today)?;
        Some((form.name().to_owned(), text.into()))
    });
    if let Some(fields) = value.as_object_mut() {
        fields.insert("forms".into(), serde_json::Value::Object(forms.collect()));
    }
    value
}

fn named<'a>(now: &'a Now, request: &Request) -> Result<&'a Named, Problem> {
    now.profile(&part(request, 1))
        .ok_or_else(|| none(NO_PROFILE))
}

fn shown(web: &Web, entry: &Entry, now: &Now) -> Profile {
    let named = match &entry.read {
        Ok(named) => named,
        Err(fault) => {
            return Profile {
                name: entry.name.clone(),
                title: String::new(),
                article: None,
                references: 0,
                claims: 0,
                due: 0,
                edits: 0,
                staleness: None,
                fault: Some(fault.clone()),
            };
        }
    };
    let own = now.desk.items().iter();
    let own: Vec<&Item> = own
        .filter(|item| item.finding().profile == named.name)
        .collect();
    let (references, claims) = sizes(&named.profile);
    let (due, edits) = waiting(&own);
    let today = web.options.clock.now().date_naive();
    Profile {
        name: named.name.clone(),
        title: named.profile.title.clone(),
        article: named.profile.article.clone(),
        references,
        claims,
        due,
        edits,
        staleness: Some(staleness(&named.profile, &own, today).into()),
        fault: None,
    }
}
