//! Pages that only send the browser elsewhere: with a `Refresh`, a script, a frame, a form, or as a stub with a link.

mod script;

use std::borrow::Cow;

use html5ever::{LocalName, local_name};

use crate::{
    capture::{Response, fields_of, media_type_of, status_of},
    content_coding::{Caps, decode_response},
    html::{Outline, Syntax, Tree, parse},
    media_type,
    uri::TargetUri,
};

/// The target of a page that forwards, and how it does so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The address.
    pub to: TargetUri,
    /// How, in words: `a meta refresh`.
    pub how: &'static str,
}

/// The longest page that is considered, in bytes, without content coding.
pub const LONGEST: usize = 256 << 10;

/// The most letters on a page that only forwards: a sentence or two, in any language.
const MOST_TEXT: usize = 300;

/// Readers cannot read a page that stays for at most this many seconds.
const AT_ONCE: f64 = 1.0;

/// A short page that stays for longer than this is one that reloads itself.
const SOON: f64 = 60.0;

/// The target of a response that forwards the browser from `uri`; see [`of`].
#[must_use]
pub fn of_response(response: &Response, uri: &TargetUri) -> Option<Forward> {
    if response.payload.len() > LONGEST || response.truncated.is_some() {
        return None;
    }
    let caps = Caps {
        bytes: LONGEST as u64,
        ..Caps::default()
    };
    let page = decode_response(response, &caps).ok()?;
    of(&response.head, &page.bytes, uri)
}

/// The target of the response with that head and body, requested as `uri`; `None` for a page to read.
///
/// `body` is without content coding. A page that leads to itself does not forward.
#[must_use]
pub fn of(head: &[u8], body: &[u8], uri: &TargetUri) -> Option<Forward> {
    if !matches!(status_of(head), Some(200..=299)) || body.len() > LONGEST {
        return None;
    }
    let header = fields_of(head)
        .find(|(name, _)| name.eq_ignore_ascii_case("refresh"))
        .and_then(|(_, value)| refresh(&value));
    let may = [
        "refresh",
        "location",
        "canonical",
        "frame",
        "submit",
        "window.open",
        "navigate",
    ];
    let lower = body.to_ascii_lowercase();
    let has = |word: &&str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    if header.is_none() && !may.iter().any(has) {
        return None;
    }
    let media_type = media_type_of(head).sniffed(body, false);
    if !media_type.is_html() {
        return header
            .filter(|header| header.delay <= AT_ONCE)
            .and_then(|header| forward(uri, uri, &header.to, "a Refresh field"));
    }
    let decoded = media_type::decode(body, media_type.charset.as_deref());
    let page = parse(&decoded.text, Syntax::Html);
    of_page(&Tree::of(&page), header, uri)
}

/// Where the `Refresh` field of a response sends the browser at once that asked for `uri`.
#[must_use]
pub fn in_head(head: &[u8], uri: &TargetUri) -> Option<Forward> {
    if !matches!(status_of(head), Some(200..=299)) {
        return None;
    }
    let (_, value) = fields_of(head).find(|it| it.0.eq_ignore_ascii_case("refresh"))?;
    let refresh = refresh(&value).filter(|refresh| refresh.delay <= AT_ONCE)?;
    forward(uri, uri, &refresh.to, "a Refresh field")
}

/// Where a parsed page sends the browser that asked for `uri`; `None` for a page to be read.
#[must_use]
pub fn in_tree(tree: &Tree<'_>, uri: &TargetUri) -> Option<Forward> {
    of_page(tree, None, uri)
}

/// The target of a refresh.
struct Refresh {
    delay: f64,
    to: String,
}

fn of_page(tree: &Tree<'_>, header: Option<Refresh>, uri: &TargetUri) -> Option<Forward> {
    let page = Outline::of(tree);
    let base = named(tree, local_name!("base"))
        .find_map(|node| uri.join(tree.attr(node, &local_name!("href"))?).ok());
    let base = base.map_or_else(|| uri.clone(), |it| it.0);
    let to = |reference: &str, how| forward(uri, &base, reference, how);
    if let Some(refresh) = header.filter(|refresh| is_over_after(&page, refresh.delay)) {
        return to(&refresh.to, "a Refresh field");
    }
    let metas = named(tree, local_name!("meta")).filter(|node| {
        let kind = tree.attr(*node, &local_name!("http-equiv"));
        kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("refresh"))
    });
    for meta in metas {
        let refresh = tree.attr(meta, &local_name!("content")).and_then(refresh);
        let is_spare = tree
            .ancestors(meta)
            .any(|node| *tree.name(node) == local_name!("noscript"));
        let counts = |refresh: &Refresh| {
            if is_spare {
                says_little(&page)
            } else {
                is_over_after(&page, refresh.delay)
            }
        };
        if let Some(found) = refresh.filter(counts)
            && let Some(target) = to(&found.to, "a meta refresh")
        {
            return Some(target);
        }
    }
    if !says_little(&page) {
        return None;
    }
    let scripts: Vec<Cow<'_, str>> = scripts(tree);
    let scripts: Vec<&str> = scripts.iter().map(|script| &**script).collect();
    match script::leads_to(&scripts) {
        Some(script::Leads::To(address)) => return to(&address, "a script"),
        Some(script::Leads::Submits) => {
            if let Some(action) = form(tree) {
                return to(&action, "a form that submits itself");
            }
        }
        None => {}
    }
    if let Some(address) = only_frame(tree) {
        return to(address, "a frame");
    }
    let canonical = named(tree, local_name!("link")).find(|node| {
        let relation = tree.attr(*node, &local_name!("rel")).unwrap_or_default();
        relation.trim().eq_ignore_ascii_case("canonical")
    })?;
    let address = tree.attr(canonical, &local_name!("href"))?;
    let stub = to(address, "a stub with a canonical link")?;
    let leads_there = |node: usize| {
        let link = tree.attr(node, &local_name!("href"));
        let link = link.and_then(|link| base.join(link).ok());
        link.is_some_and(|link| link.0 == stub.to)
    };
    named(tree, local_name!("a"))
        .any(leads_there)
        .then_some(stub)
}

/// The elements of that name.
fn named<'t>(tree: &'t Tree<'_>, name: LocalName) -> impl Iterator<Item = usize> + 't {
    (1..tree.nodes.len()).filter(move |node| *tree.name(*node) == name)
}

/// The inline scripts, and what runs when the page is there.
fn scripts<'a>(tree: &Tree<'a>) -> Vec<Cow<'a, str>> {
    let inline = named(tree, local_name!("script")).map(|node| tree.raw_text(node));
    let body = named(tree, local_name!("body")).next();
    let onload = body.and_then(|body| tree.attr(body, &local_name!("onload")));
    inline.chain(onload.map(Cow::Borrowed)).collect()
}

/// Whether there is hardly anything on the page to read or to do.
fn says_little(page: &Outline) -> bool {
    page.letters <= MOST_TEXT && page.fields == 0 && page.headings <= 2 && page.items <= 5
}

/// Whether a page that forwards after that many seconds does nothing else.
fn is_over_after(page: &Outline, delay: f64) -> bool {
    delay <= AT_ONCE || delay <= SOON && says_little(page)
}

/// The address of the only frame in a page of frames.
fn only_frame<'a>(tree: &Tree<'a>) -> Option<&'a str> {
    let frames = named(tree, local_name!("frame"));
    let sources = frames.filter_map(|node| tree.attr(node, &local_name!("src")));
    let mut sources =
        sources.filter(|address| !address.is_empty() && !address.starts_with("about:"));
    let first = sources.next()?;
    sources.next().is_none().then_some(first)
}

/// The target of the only form on a page when it is submitted as it is.
fn form(tree: &Tree<'_>) -> Option<String> {
    let mut forms = named(tree, local_name!("form"));
    let form = forms.next()?;
    let method = tree.attr(form, &local_name!("method")).unwrap_or("get");
    if forms.next().is_some() || !method.eq_ignore_ascii_case("get") {
        return None;
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for input in named(tree, local_name!("input")) {
        if let Some(name) = tree.attr(input, &local_name!("name")) {
            let value = tree.attr(input, &local_name!("value"));
            query.append_pair(name, value.unwrap_or_default());
        }
    }
    let action = tree.attr(form, &local_name!("action")).unwrap_or_default();
    let action = action.split(['?', '#']).next().unwrap_or_default();
    Some(format!("{action}?{}", query.finish()))
}

fn forward(
    uri: &TargetUri,
    base: &TargetUri,
    reference: &str,
    how: &'static str,
) -> Option<Forward> {
    let (to, _) = base.join(reference).ok()?;
    (to != *uri).then_some(Forward { to, how })
}

/// Parses the value of a refresh (HTML standard, "shared declarative refresh steps"); `None` if it has no address.
fn refresh(value: &str) -> Option<Refresh> {
    let value = value.trim_start();
    let end = value
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(value.len());
    let (time, rest) = value.split_at(end);
    let delay = match time {
        "" => return None,
        time => time.parse().unwrap_or(0.0),
    };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start();
    let named = rest
        .get(..3)
        .filter(|it| it.eq_ignore_ascii_case("url"))
        .and_then(|_| rest.get(3..)?.trim_start().strip_prefix('='));
    let address = named.unwrap_or(rest).trim_start();
    let address = match address.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inside = address.get(1..).unwrap_or_default();
            inside.split(quote).next().unwrap_or_default()
        }
        _ => address,
    };
    (!address.is_empty()).then(|| Refresh {
        delay,
        to: address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(head: &str, page: &str) -> Option<String> {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n");
        let uri = "https://a.example/old/page".parse().unwrap();
        of(head.as_bytes(), page.as_bytes(), &uri).map(|it| it.to.to_string())
    }

    #[test]
    fn every_way_in_which_browsers_are_sent_on_is_known() {
        let there = Some("https://b.example/new".to_owned());
        for page in [
            "<meta http-equiv=refresh content='0;url=https://b.example/new'>",
            "<meta http-equiv='Refresh' content='0; URL=\"https://b.example/new\"'>",
            "<meta http-equiv=refresh content='0 https://b.example/new'>",
            "<meta http-equiv=refresh content='5; url=https://b.example/new'><p>This page has moved.",
            "<base href=https://b.example/x/><meta http-equiv=refresh content='0;url=../new'>",
            "<script>location='https://b.example/new'</script>",
            "<script>window.location.href = \"https:\\/\\/b.example\\/new\";</script>",
            "<script>window.location.replace(`https://b.example/new`)</script>",
            "<script>document.location.assign('https://b.example/new')</script>",
            "<script>top.location = 'https://b.example/new'; // gone</script>",
            "<script>var to = 'https://b.example/new'; window.location = to;</script>",
            "<script>location.replace('https://b.example/new' + location.hash)</script>",
            "<script>setTimeout(function () { location.href = 'https://b.example/new' }, 3000)</script>",
            "<script>setTimeout(\"location.href='https://b.example/new'\", 10)</script>",
            "<script>window.onload = () => { location.href = 'https://b.example/new' }</script>",
            "<script>function go() { location = 'https://b.example/new' } go()</script>",
            "<body onload=\"location.href='https://b.example/new'\">",
            "<script>window.open('https://b.example/new', '_self')</script>",
            "<noscript><meta http-equiv=refresh content='0;url=https://b.example/new'></noscript>",
            "<link rel=canonical href=https://b.example/new><a href=https://b.example/new>Go on</a>",
            "<frameset rows='100%,*'><frame src=https://b.example/new><frame></frameset>",
        ] {
            assert_eq!(led("", page), there, "{page}");
        }
        let header = "Refresh: 0; url=https://b.example/new\r\n";
        assert_eq!(led(header, "<p>Wait"), there);
        let form = "<form action=https://b.example/new><input type=hidden name=a value=1></form><script>document.forms[0].submit()</script>";
        assert_eq!(led("", form).as_deref(), Some("https://b.example/new?a=1"));
    }

    #[test]
    fn a_page_to_be_read_is_left_where_it_is() {
        let text =
            "<p>The members of the council meet twice a year in one of their towns.</p>".repeat(12);
        for page in [
            "<meta http-equiv=refresh content=300>",
            "<meta http-equiv=refresh content='0;url=page'>",
            "<meta http-equiv=refresh content='0;url=mailto:a@b.example'>",
            "<!-- <meta http-equiv=refresh content='0;url=/new'> -->",
            "<script>if (mobile) { location = '/m' }</script>",
            "<script>if (mobile) location = '/m'</script>",
            "<script>mobile && (location = '/m')</script>",
            "<script>if (top.location != self.location) top.location = self.location</script>",
            "<script>function go() { location = '/new' }</script><a onclick=x>Go</a>",
            "<script>button.addEventListener('click', function () { location = '/new' })</script>",
            "<script>// location = '/new'\n/* location = '/new' */</script>",
            "<script>var s = \"location='/new'\"</script>",
            "<script>map.location = '/new'; if (location == '/new') {}</script>",
            "<form action=/in method=post><input name=user></form><script>location='/new'</script>",
            "<link rel=canonical href=/new><p>Short page.",
        ] {
            assert_eq!(led("", page), None, "{page}");
        }
        for sends in [
            "<meta http-equiv=refresh content='30;url=/new'>",
            "<noscript><meta http-equiv=refresh content='0;url=/new'></noscript>",
            "<script>location='/new'</script>",
            "<link rel=canonical href=/new><a href=/new>This page</a>",
        ] {
            assert_eq!(led("", &format!("{sends}{text}")), None, "{sends}");
        }
    }
}
