//! `/work/PAGE`: the page at work. Its findings, and beside them the page then and now, with the words marked.

use askama::Template;

use super::{
    cites::{Cites, cites, profile_href},
    done::{Done, done},
    entries::{Group, Line, Opened},
    filter::{Filter, kept, order_of, with},
    kept::Kept,
    list::{self, Part},
    mast::{self, Mast},
    say,
    sides::{Pair, day_of, spot},
    spotted::spotted,
};
use crate::{
    clock::{day, digits14},
    desk::{Item, Page, State},
    pipeline,
    report::{DatedText, PageDiff},
    store::{Dated, StoreError},
    web::{
        Answer, Origins, Request, Web,
        form::Form,
        marked::{Side, Words},
        pages::refusal,
        room::Now,
    },
};

/// Lines of context around what changed in the text of a page.
const CONTEXT: usize = 3;

/// How the page is shown beside its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    /// Both copies.
    Pages,
    /// What changed in their texts.
    Text,
    /// The names of the list, by verdict.
    List,
    /// All copies, with the cited words in each.
    Copies,
}

/// The page at work.
#[derive(Template)]
#[template(config = "src/web/askama.toml", path = "desk/work.html")]
struct Work {
    mast: Mast,
    id: String,
    /// The filter of the queue, as a query.
    filter: String,
    /// The name of the view in addresses; empty for the first.
    view: &'static str,
    title: String,
    address: String,
    captures: String,
    cites: Vec<Cites>,
    /// The others who have it open.
    open_by: String,
    place: String,
    due: usize,
    decided: usize,
    done: Option<Done>,
    /// The next page in the queue.
    next: Option<(String, String)>,
    before: Option<String>,
    groups: Vec<Group>,
    opened: Option<Opened>,
    views: Vec<(&'static str, String, bool)>,
    then: Option<Frame>,
    now: Option<Frame>,
    /// What changed in the text, as HTML.
    diff: Option<String>,
    table: Vec<Part>,
    /// All copies, the latest first.
    copies: Vec<Kept>,
    /// What the copies are asked about: the words of the chosen finding.
    asked: String,
    /// Whether the words are only in the older copy, which narrow screens then show first.
    then_first: bool,
    /// The page to return to after an undo.
    back: String,
    all_done: &'static str,
}

/// A copy in its frame.
struct Frame {
    heading: &'static str,
    name: &'static str,
    day: String,
    status: String,
    tone: &'static str,
    /// The copy with its marks, at the words.
    src: String,
    opens: bool,
    remark: Option<&'static str>,
    /// What this copy has instead of words that are not in it.
    absent: String,
    /// That its bytes were removed; empty if they are stored.
    removed: String,
    earlier: Option<(String, String)>,
    later: Option<(String, String)>,
    all: (String, usize),
    /// The calendar of the reference.
    calendar: String,
    /// The copy without changes, or the one in the archive that it was copied from; empty if others cannot open that.
    raw: String,
    /// The archive that it was copied from; empty for our own.
    archive: String,
    live: Option<String>,
}

/// The page at work.
pub(in crate::web) fn work(
    web: &Web,
    request: &Request,
    origins: &Origins,
) -> Result<Answer, StoreError> {
    let id = request.path.trim_start_matches("/work/");
    let now = web.now()?;
    let Some(page) = now.desk.page(id) else {
        return Ok(refusal(
            404,
            "no article cites a page of that id",
            request,
            origins,
        ));
    };
    let form = Form::of(request.query.as_deref().unwrap_or_default().as_bytes());
    let profile = form.first("profile").unwrap_or_default();
    let narrowed = |item: &&Item| profile.is_empty() || item.finding().profile == profile;
    let items: Vec<&Item> = now.desk.items_of(page).filter(narrowed).collect();
    let asked = form.first("f");
    let chosen = items
        .iter()
        .find(|item| Some(item.finding().id.0.as_str()) == asked)
        .or_else(|| items.iter().find(|item| item.state.is_due()))
        .or_else(|| items.iter().find(|item| item.state != State::Settled))
        .or(items.first())
        .copied();
    let mast = Mast::of(request, &now);
    // What the script loads ahead is not open yet.
    if request.field("purpose").as_deref() != Some("prefetch") {
        web.presence
            .opened(&mast.name, &page.id, web.options.clock.now());
    }
    let scene = Scene {
        web,
        now: &now,
        page,
        items,
        chosen,
        form: &form,
        origins,
    };
    let work = scene.set(mast)?;
    Ok(mast::page(200, &work, origins))
}

/// The data behind the page at work.
struct Scene<'a> {
    web: &'a Web,
    now: &'a Now,
    page: &'a Page,
    items: Vec<&'a Item>,
    chosen: Option<&'a Item>,
    form: &'a Form,
    origins: &'a Origins,
}

impl Scene<'_> {
    /// The address of this page with some of its parameters replaced.
    fn address(&self, pairs: &[(&str, &str)]) -> String {
        let own = ["f", "view", "then", "now"];
        let own = own.map(|name| {
            let replaced = pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1);
            (name, replaced.or(self.form.first(name)).unwrap_or_default())
        });
        format!("/work/{}?{}", self.page.id.0, with(own, &kept(self.form)))
    }

    fn set(&self, mast: Mast) -> Result<Work, StoreError> {
        let pair = Pair::of(self.web, self.page, self.chosen, self.form)?;
        let view = self.view(&pair)?;
        let due = self.items.iter().filter(|item| item.state.is_due()).count();
        let decided = self
            .items
            .iter()
            .filter(|item| item.state.is_decided())
            .count();
        let (place, before, next) = self.neighbours(&mast.name);
        let opens = |side, copy: &Option<Dated>| -> Result<Option<Frame>, StoreError> {
            let copy = copy.as_ref().filter(|_| view == View::Pages);
            copy.map(|copy| self.frame(side, copy, &pair)).transpose()
        };
        let is_done = self.form.first("done").is_some() && due == 0;
        Ok(Work {
            id: self.page.id.0.clone(),
            filter: kept(self.form),
            view: match view {
                View::Pages => "",
                View::Text => "text",
                View::List => "list",
                View::Copies => "copies",
            },
            title: if self.page.title.is_empty() {
                self.page.address.host().to_owned()
            } else {
                self.page.title.clone()
            },
            address: self.page.address.to_string(),
            captures: format!("/captures/{}", self.page.address),
            cites: cites(&self.page.cited),
            open_by: self.open_by(&mast.name),
            place,
            due,
            decided,
            done: done(self.form, (self.web, self.now), Some(due))?,
            all_done: match (is_done, &next) {
                (true, Some(_)) => say::ALL_ON_PAGE,
                (true, None) => say::ALL,
                (false, _) => "",
            },
            next,
            before,
            groups: self.groups(),
            opened: self.opened(),
            views: self.views(view),
            then: opens(Side::Then, &pair.then)?,
            now: opens(Side::Now, &pair.now)?,
            diff: match view {
                View::Text => self.diff(&pair)?,
                View::Pages | View::List | View::Copies => None,
            },
            table: match view {
                View::List => list::table(&self.items, self.chosen, |item| self.line(item)),
                View::Pages | View::Text | View::Copies => Vec::new(),
            },
            copies: match view {
                View::Copies => {
                    let shown = |copy: &Dated| {
                        self.address(&[("then", &digits14(copy.date)), ("view", "")])
                    };
                    let here = (self.page, self.chosen);
                    super::kept::copies((self.web, self.now), here, &pair, &shown)?
                }
                View::Pages | View::Text | View::List => Vec::new(),
            },
            asked: self
                .chosen
                .map_or(String::new(), |item| self.line(item).words),
            then_first: self.chosen.is_some_and(|item| {
                let words = Words::of_item(item);
                words.now.is_none() && words.then.is_some()
            }),
            back: self.address(&[]),
            mast,
        })
    }

    /// The others who have the page open, by name.
    fn open_by(&self, me: &str) -> String {
        let now = self.web.options.clock.now();
        self.web.presence.others(&self.page.id, me, now).join(", ")
    }

    /// The requested view; for a file that browsers do not open, the text.
    fn view(&self, pair: &Pair) -> Result<View, StoreError> {
        let mut view = match self.form.first("view") {
            Some("text") => View::Text,
            Some("list") => View::List,
            Some("copies") => View::Copies,
            _ => View::Pages,
        };
        if let (View::Pages, Some(item), Some(copy)) = (view, self.chosen, &pair.now)
            && copy.stored
        {
            let asked = (Side::Now, copy);
            let (_, opens) = spot(self.web, self.now, self.page, item, asked)?;
            if !opens {
                view = View::Text;
            }
        }
        Ok(view)
    }

    /// Where the page is in the queue, and its neighbours there.
    fn neighbours(&self, me: &str) -> (String, Option<String>, Option<(String, String)>) {
        let asked = kept(self.form);
        let filter = Form::of(asked.as_bytes());
        let filter = Filter::of(filter, me, self.web.options.clock.now());
        let wanted = |it: &Item| it.placed.page == self.page.id || filter.wants(it, self.now);
        let rows = self.now.desk.queue(&wanted, order_of(self.form));
        let rows: Vec<_> = rows.iter().map(|row| row.page).collect();
        let at = rows.iter().position(|row| row.id == self.page.id);
        let at = at.unwrap_or_default();
        let to = |page: &Page| {
            format!("/work/{}?{asked}", page.id.0)
                .trim_end_matches('?')
                .to_owned()
        };
        // After the last page, the queue begins again.
        let next = rows
            .get(at + 1)
            .or_else(|| rows.first().filter(|_| rows.len() > 1));
        let next = next.filter(|next| next.id != self.page.id);
        let before = at.checked_sub(1).and_then(|rest| rows.get(rest));
        (
            format!("page {} of {}", at + 1, rows.len()),
            before.map(|before| to(before)),
            next.map(|next| {
                let title = if next.title.is_empty() {
                    next.address.host()
                } else {
                    &next.title
                };
                (to(next), title.to_owned())
            }),
        )
    }

    fn line(&self, item: &Item) -> Line {
        let profile = self.now.profile(&item.finding().profile);
        let href = self.address(&[("f", &item.finding().id.0), ("then", ""), ("now", "")]);
        let chosen = self.chosen.map(|chosen| &chosen.finding().id);
        let is_open = chosen == Some(&item.finding().id);
        Line::of(item, profile.map(|profile| &profile.profile), href, is_open)
    }

    fn groups(&self) -> Vec<Group> {
        let several = self.page.cited.iter().any(|it| {
            let first = self.page.cited.first();
            first.is_some_and(|first| first.profile != it.profile)
        });
        Group::all(self.now, self.items.iter().copied(), several, |it| {
            self.line(it)
        })
    }

    fn opened(&self) -> Option<Opened> {
        let item = self.chosen?;
        let link = format!("{}/f/{}\n", self.origins.site, item.finding().id);
        Some(Opened::of(item, self.now, &self.line(item), &link))
    }

    fn views(&self, view: View) -> Vec<(&'static str, String, bool)> {
        [
            ("Pages", "", View::Pages),
            ("Text", "text", View::Text),
            ("List", "list", View::List),
            ("Copies", "copies", View::Copies),
        ]
        .map(|(words, key, it)| (words, self.address(&[("view", key)]), it == view))
        .to_vec()
    }

    fn frame(&self, side: Side, copy: &Dated, pair: &Pair) -> Result<Frame, StoreError> {
        let archive = self.origins.archive();
        let asked = (side, copy);
        let (spot, opens) = match self.chosen {
            Some(item) => spot(self.web, self.now, self.page, item, asked)?,
            None => (super::sides::Spot::default(), true),
        };
        let (heading, name) = match side {
            Side::Then => ("Then", "then"),
            Side::Now => ("Now", "now"),
        };
        let (earlier, later) = pair.beside(copy);
        let step = |dated: &Dated| {
            (
                self.address(&[(name, &digits14(dated.date))]),
                day_of(dated, &pair.all),
            )
        };
        let status = copy.status.unwrap_or_default();
        let link = || {
            let evidence = self.chosen?.finding().evidence.first()?;
            evidence.link.clone()
        };
        Ok(Frame {
            heading,
            name,
            day: day_of(copy, &pair.all),
            status: if status == 304 {
                "unchanged".to_owned()
            } else {
                status.to_string()
            },
            tone: match status {
                200..=299 | 304 => "good",
                404 | 410 => "bad",
                _ => "changed",
            },
            src: archive.marked(
                copy.date,
                &copy.target_uri,
                &self.page.id.0,
                spot.mark.as_deref(),
            ),
            opens,
            remark: spot.remark,
            absent: self.absent(copy),
            removed: self.removed(copy)?,
            earlier: earlier.map(step),
            later: later.map(step),
            all: (format!("/captures/{}", copy.target_uri), pair.all.len()),
            calendar: self.calendar(),
            raw: match &copy.source {
                Some(source) => source.citable().unwrap_or_default(),
                None => archive.raw(copy.date, &copy.target_uri),
            },
            archive: copy
                .source
                .as_ref()
                .map_or(String::new(), |source| source.archive.clone()),
            live: (side == Side::Now)
                .then(|| link().unwrap_or_else(|| self.page.address.to_string())),
        })
    }

    /// The address of the calendar of the reference that the chosen finding cites.
    fn calendar(&self) -> String {
        self.chosen.map_or(String::new(), |item| {
            let href = profile_href(&item.finding().profile);
            format!("{href}/references/{}#calendar", item.placed.reference)
        })
    }

    /// Where a copy was searched for the words of the chosen finding, if they are not in it.
    fn absent(&self, copy: &Dated) -> String {
        let evidence = self.chosen.iter().flat_map(|it| &it.finding().evidence);
        let mut own = evidence.filter(|it| it.quote.is_none() && it.capture.date == copy.date);
        own.find_map(|it| it.note.clone()).unwrap_or_default()
    }

    /// That the bytes of a copy were removed, and why.
    fn removed(&self, copy: &Dated) -> Result<String, StoreError> {
        let digest = copy.payload_digest.filter(|_| !copy.stored);
        let removed = digest.map(|it| self.web.options.store.removal(&it));
        let removed = removed.transpose()?.flatten();
        Ok(removed.map_or(String::new(), |it| say::removed(&day(it.at), &it.why)))
    }

    /// What changed in the text of the page.
    fn diff(&self, pair: &Pair) -> Result<Option<String>, StoreError> {
        let Some((then, now)) = pair.then.as_ref().zip(pair.now.as_ref()) else {
            return Ok(None);
        };
        let texts = (self.web.text_of(then)?, self.web.text_of(now)?);
        let dated = |copy: &Dated, text| DatedText {
            date: copy.date,
            payload_digest: copy.payload_digest,
            text,
        };
        let diff = PageDiff::of(&dated(then, &texts.0), &dated(now, &texts.1), CONTEXT);
        let words = self.chosen.map(Words::of_item).unwrap_or_default();
        let words = [words.then, words.now].into_iter().flatten();
        let words: Vec<&str> = words.map(|it| it.exact.as_str()).collect();
        Ok(Some(spotted(&diff.to_html(), &words)))
    }
}

impl Web {
    /// The text of a copy, as the comparison reads it.
    pub(in crate::web) fn text_of(&self, copy: &Dated) -> Result<String, StoreError> {
        let store = &self.options.store;
        let entries = store.captures_of(&copy.target_uri)?;
        let entry = entries.into_iter().find(|entry| entry.0 == copy.id);
        match entry {
            Some((_, entry)) => pipeline::text_of(store, &entry, &self.options.comparing.pdf),
            None => Ok(String::new()),
        }
    }
}
