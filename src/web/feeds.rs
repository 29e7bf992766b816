//! `/feeds/TOKEN/….atom`: what was found, for the programs that people read news with.

use super::{
    Answer, Origins, Request, Web,
    desk::decoded,
    exchange::tagged,
    form::{Form, query},
    pages::{encoded, refusal},
    room::Now,
};
use crate::{
    clock::{Instant, parse_warc_date, warc_date},
    desk::{Item, State},
    feed::{ENTRIES, Entry, Feed, MEDIA_TYPE, tag},
    report::{changed, feed_entry},
    store::StoreError,
};

/// Which findings a feed has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    All,
    Edits,
    Profile(String),
    Reference(String, u32),
}

impl Of {
    /// What the rest of a path behind the token names: `all.atom`, `edits.atom`, `p/NAME.atom`, `p/NAME/references/N.atom`.
    fn parse(rest: &str) -> Option<Self> {
        let parts: Vec<&str> = rest.strip_suffix(".atom")?.split('/').collect();
        match parts.as_slice() {
            ["all"] => Some(Self::All),
            ["edits"] => Some(Self::Edits),
            ["p", name] => Some(Self::Profile(decoded(name))),
            ["p", name, "references", number] => {
                Some(Self::Reference(decoded(name), number.parse().ok()?))
            }
            _ => None,
        }
    }

    /// Whether a finding is in it: one that asked for a decision, whatever was decided; or that waits for an edit.
    fn has(&self, item: &Item) -> bool {
        let finding = item.finding();
        let asks = finding.weight().is_question() && item.state != State::Muted;
        match self {
            Self::All => asks,
            Self::Edits => item.state == State::ToEdit,
            Self::Profile(name) => asks && finding.profile == *name,
            Self::Reference(name, number) => {
                asks && finding.profile == *name && item.placed.reference == *number
            }
        }
    }

    /// Its title, and the address of the page for people; `None` if there is no such article or reference.
    fn told(&self, now: &Now) -> Option<(String, String)> {
        Some(match self {
            Self::All => ("stillsays: what was found".to_owned(), "/".to_owned()),
            Self::Edits => (
                "stillsays: edits that wait".to_owned(),
                "/?show=to-edit".to_owned(),
            ),
            Self::Profile(name) => {
                let title = &now.profile(name)?.profile.title;
                (
                    format!("stillsays: {title}"),
                    format!("/p/{}", encoded(name)),
                )
            }
            Self::Reference(name, number) => {
                let profile = &now.profile(name)?.profile;
                profile.reference(*number)?;
                let page = format!("/p/{}/references/{number}", encoded(name));
                (format!("stillsays: {} [{number}]", profile.title), page)
            }
        })
    }

    /// When a finding came into it.
    fn updated(&self, item: &Item) -> Instant {
        let decided = item.review.as_ref().map(|review| review.at);
        let decided = decided.filter(|_| *self == Self::Edits);
        decided.unwrap_or_else(|| changed(item.finding()))
    }
}

/// A feed, or one of its older parts.
pub(super) fn feed(web: &Web, request: &Request, origins: &Origins) -> Result<Answer, StoreError> {
    let rest = request
        .path
        .strip_prefix("/feeds/")
        .and_then(|id| id.split_once('/'));
    let now = web.now()?;
    let of = rest.and_then(|(_, rest)| Of::parse(rest));
    let told = of.as_ref().and_then(|feed| feed.told(&now));
    let Some((of, (title, page))) = of.zip(told) else {
        return Ok(refusal(404, "there is no such feed", request, origins));
    };
    let site = match web.options.public.site.as_str() {
        "" => &origins.site,
        set => set,
    };
    let mut items = items(&of, &now);
    let latest = items.first().map(|first| first.0);
    let asked = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    if let Some((at, id)) = asked
        .first("before")
        .and_then(|before| before.split_once('/'))
        && let Some(at) = parse_warc_date(at)
    {
        items.retain(|entry| entry.0 < at || entry.0 == at && entry.1.finding().id.0.as_str() > id);
    }
    let next = items.get(ENTRIES).and(items.get(ENTRIES - 1));
    let next = next.map(|(at, item)| {
        let before = format!("{}/{}", warc_date(*at), item.finding().id);
        let asked = query([("before", before.as_str())]);
        format!("{site}{}?{asked}", request.path)
    });
    let kept: Vec<&str> = request.path.split('/').skip(3).collect();
    let shown = items.iter().take(ENTRIES);
    let feed = Feed {
        id: tag(site, &format!("feed/{}", kept.join("/"))),
        title,
        here: format!("{site}{}", request.with_query(&request.path)),
        page: format!("{site}{page}"),
        next,
        updated: latest.unwrap_or_default(),
        entries: shown
            .filter_map(|(at, item)| entry(&of, *at, item, (&now, site)))
            .collect(),
    };
    let answer = Answer::new(200, MEDIA_TYPE, feed.to_atom());
    Ok(tagged(answer, request.field("if-none-match").as_deref()))
}

/// The findings of a feed, each with the time when it came into it; the latest first.
fn items<'a>(of: &Of, now: &'a Now) -> Vec<(Instant, &'a Item)> {
    let items = now.desk.items().iter().filter(|item| of.has(item));
    let mut items: Vec<(Instant, &Item)> = items.map(|item| (of.updated(item), item)).collect();
    items.sort_by(|one, other| {
        let by_id = || one.1.finding().id.cmp(&other.1.finding().id);
        other.0.cmp(&one.0).then_with(by_id)
    });
    items
}

fn entry(of: &Of, updated: Instant, item: &Item, (now, site): (&Now, &str)) -> Option<Entry> {
    let finding = item.finding();
    let profile = now.profile(&finding.profile)?;
    let mut entry = feed_entry(finding, &profile.profile, site);
    entry.updated = updated;
    if *of == Of::Edits {
        entry.id = tag(site, &format!("edit/e{}", finding.id));
        entry.link = format!(
            "{site}/p/{}/edits#e{}",
            encoded(&finding.profile),
            finding.id
        );
        let review = item.review.as_ref();
        let note = review.map(|review| {
            format!(
                "{}: {}",
                review.by,
                review.note.as_deref().unwrap_or("change the article")
            )
        });
        entry.text = format!("{}\n{}", note.unwrap_or_default(), entry.text);
    }
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_feed_names_what_it_has() {
        for (rest, expected) in [
            ("all.atom", Some(Of::All)),
            ("edits.atom", Some(Of::Edits)),
            ("p/a%20b.atom", Some(Of::Profile("a b".into()))),
            (
                "p/ab/references/7.atom",
                Some(Of::Reference("ab".into(), 7)),
            ),
            ("p/ab/references/x.atom", None),
            ("all", None),
            ("p/ab/all.atom", None),
            (".atom", None),
        ] {
            assert_eq!(Of::parse(rest), expected, "{rest}");
        }
    }
}
