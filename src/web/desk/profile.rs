//! `/p/PROFILE`: the article with every claim marked by its state, and its references.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    cites::profile_href,
    done::{Done, done, finding_of},
    entries::claim_words,
    marked_article::{self, Stretch},
    mast::{self, Mast},
    named, nothing, say,
    sides::day,
};
use crate::{
    article::SourceText,
    desk::{Item, Numbered, staleness},
    finding::{Decided, Decision, Lesson, Muted, Review},
    media_type::MediaType,
    pipeline::Named,
    profile::{Profile, Statement},
    report::Label,
    store::StoreError,
    web::{Answer, Origins, Request, Web, form::Form, pages::encoded, room::Now},
};

/// An article.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/profile.html")]
struct Page {
    mast: Mast,
    title: String,
    article: Option<String>,
    href: String,
    report: String,
    desk: String,
    staleness: String,
    /// The text of the article; empty if its file is not stored.
    text: Vec<Stretch>,
    /// Why there is no text.
    no_text: &'static str,
    sections: Vec<(String, Vec<Claim>)>,
    references: Vec<Reference>,
    aliases: Vec<String>,
    /// The names that decisions taught, each with the decision that taught it.
    learned: Vec<Learned>,
    /// The last action.
    done: Option<Done>,
    back: String,
    /// The mutes: the claim, and its words.
    mutes: Vec<(String, String)>,
    name: String,
}

/// Two names of which a reviewer said that they are one, or that they are not.
struct Learned {
    says: String,
    finding: String,
    seen: i64,
}

/// A claim of the article.
struct Claim {
    href: String,
    work: String,
    words: String,
    sentence: String,
    cites: String,
    tone: &'static str,
    sign: &'static str,
    verdict: String,
}

/// A reference of the article.
struct Reference {
    number: u32,
    href: String,
    title: String,
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    due: usize,
}

/// The article of a profile.
pub(in crate::web) fn profile(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let now = web.now()?;
    let Some((named, _)) = named(&now, request) else {
        return Ok(nothing(
            "there is no profile of that name",
            (request, origins),
        ));
    };
    let profile = &named.profile;
    let own = now.desk.items().iter();
    let own: Vec<&Item> = own
        .filter(|it| it.finding().profile == named.name)
        .collect();
    let href = profile_href(&named.name);
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let asked = crate::web::form::query([("profile", named.name.as_str())]);
    let text = text_of(&now, named, &own, &href);
    let page = Page {
        no_text: match (&profile.source, text.is_empty()) {
            (_, false) => "",
            (None, true) => say::NO_ARTICLE,
            (Some(_), true) => say::LOST_ARTICLE,
        },
        text,
        title: profile.title.clone(),
        article: profile.article.clone(),
        report: format!("/report/{}", encoded(&named.name)),
        desk: format!("/?{asked}"),
        staleness: staleness(profile, &own, web.today()).words(),
        references: references_of(profile, &own, &href),
        aliases: profile
            .aliases
            .iter()
            .map(|alias| {
                let lesson = Lesson::about(&alias.name, &alias.other, alias.same);
                format!("{} · in the profile", lesson.what())
            })
            .collect(),
        learned: learned_of(web, &now, named)?,
        done: done(&form, (web, &now), None)?,
        back: href.clone(),
        mutes: profile
            .claims
            .iter()
            .filter_map(|claim| {
                let mute = now
                    .decisions
                    .mute(&named.name, &claim.id, Muted::NewNames)?;
                let words = claim_words(&claim.statement, &claim.id);
                let says = Muted::NewNames.means();
                Some((claim.id.clone(), format!("{words}: {says} ({})", mute.by)))
            })
            .collect(),
        name: named.name.clone(),
        sections: sections_of(profile, &own, &href),
        href,
        mast: Mast::of(request, &now),
    };
    Ok(mast::page(200, &page, origins))
}

/// The names that decisions about a profile taught, in the order of the decisions.
fn learned_of(web: &Web, now: &Now, named: &Named) -> Result<Vec<Learned>, StoreError> {
    let mut all: Vec<Learned> = Vec::new();
    let rejected = now.decisions.counting();
    let mut rejected: Vec<&Review> = rejected
        .filter(|review| review.decision == Some(Decision::Reject))
        .collect();
    rejected.sort_by_key(|review| review.at);
    for review in rejected {
        let Some(about) = finding_of(web, now, &review.finding)? else {
            continue;
        };
        let lesson = (Decided {
            review: review.clone(),
            about: about.clone(),
        })
        .lesson();
        if about.profile != named.name
            || !matches!(
                lesson,
                Some(Lesson::SameName { .. } | Lesson::OtherBody { .. })
            )
        {
            continue;
        }
        let own = |it: &&Numbered| it.review.finding == review.finding;
        let latest = now.reviews.iter().rev().find(own);
        let what = lesson.map_or(String::new(), |lesson| lesson.what());
        all.push(Learned {
            says: format!("{what} · {}, {}", review.by, day(review.at)),
            finding: review.finding.to_string(),
            seen: latest.map_or(0, |latest| latest.number),
        });
    }
    Ok(all)
}

/// The text of the article with its claims marked; empty if its file is not stored beside the profile.
fn text_of(now: &Now, named: &Named, own: &[&Item], href: &str) -> Vec<Stretch> {
    let Some(about) = &named.profile.source else {
        return Vec::new();
    };
    let Some(bytes) = now.source_of(named) else {
        return Vec::new();
    };
    let media_type = MediaType::parse(&format!("text/plain; charset={}", about.charset));
    let path = match about.form.as_str() {
        "html" => "article.html",
        "markdown" => "article.md",
        "wikitext" => "article.wiki",
        _ => "article.txt",
    };
    let source = SourceText::of(&bytes, Some(&media_type), Some(path));
    marked_article::stretches(&source, &named.profile, own, href)
}

/// The claims of an article by section, in its order.
fn sections_of(profile: &Profile, own: &[&Item], href: &str) -> Vec<(String, Vec<Claim>)> {
    let mut sections: Vec<(String, Vec<Claim>)> = Vec::new();
    for claim in &profile.claims {
        let items = own.iter().copied();
        let items: Vec<&Item> = items
            .filter(|item| item.finding().subject.claim() == Some(claim.id.as_str()))
            .collect();
        let due: Vec<&&Item> = items.iter().filter(|item| item.state.is_due()).collect();
        let heaviest = items.iter().min_by_key(|item| item.finding().weight());
        let label = heaviest.map_or(Label::CannotTell, |heaviest| Label::of(heaviest.finding()));
        let section = claim.section.clone().unwrap_or_default();
        if sections.last().is_none_or(|it| it.0 != section) {
            sections.push((section, Vec::new()));
        }
        let cites: Vec<String> = claim.cites.iter().map(|cite| format!("[{cite}]")).collect();
        let view = Claim {
            href: format!("{href}/claims/{}", encoded(&claim.id)),
            work: due
                .first()
                .or(heaviest.as_ref())
                .map_or_else(|| href.to_owned(), |it| format!("/f/{}", it.finding().id)),
            words: claim_words(&claim.statement, &claim.id),
            sentence: claim
                .sentence
                .clone()
                .unwrap_or_else(|| claimed(&claim.statement)),
            cites: cites.concat(),
            tone: label.tone().class(),
            sign: label.sign(),
            verdict: say::tally(items.iter().map(|item| Label::of(item.finding()))),
        };
        if let Some((_, claims)) = sections.last_mut() {
            claims.push(view);
        }
    }
    sections
}

/// How many names of a list stand for it where the article has no sentence.
const NAMES: usize = 4;

/// What a claim states, where the profile does not have its sentence.
fn claimed(statement: &Statement) -> String {
    match statement {
        Statement::Listed { names, .. } => {
            let first = names.iter().take(NAMES);
            let first: Vec<String> = first.filter_map(|name| name.readings().pop()).collect();
            match names.len().saturating_sub(NAMES) {
                0 => first.join("; "),
                more => format!("{}; {more} more", first.join("; ")),
            }
        }
        Statement::Quoted { exact } => format!("“{exact}”"),
        Statement::Figure { exact } | Statement::Stated { exact } => exact.clone(),
        Statement::Relation {
            subject,
            relation,
            object,
        } => format!("{subject} — {relation} — {object}"),
    }
}

/// The references of an article, with the open decisions on their pages.
fn references_of(profile: &Profile, own: &[&Item], href: &str) -> Vec<Reference> {
    let mut due: BTreeMap<u32, usize> = BTreeMap::new();
    for item in own.iter().filter(|it| it.state.is_due()) {
        *due.entry(item.placed.reference).or_default() += 1;
    }
    let references = profile.references.iter().map(|reference| {
        let fate = own.iter().find_map(|item| {
            let is_own = item.placed.reference == reference.number;
            item.finding().fate().filter(|_| is_own)
        });
        let label = fate.map_or(Label::Unvisited, Label::of_fate);
        Reference {
            number: reference.number,
            href: format!("{href}/references/{}", reference.number),
            title: reference
                .title
                .clone()
                .or_else(|| reference.shown_url())
                .unwrap_or_else(|| format!("Reference {}", reference.number)),
            tone: label.tone().class(),
            sign: label.sign(),
            word: label.words(),
            due: due.get(&reference.number).copied().unwrap_or_default(),
        }
    });
    references.collect()
}
