//! The signs that a page replaces another: each with its weight, its reason, and a page that is judged otherwise without it.

use crate::{
    extract::sign::is_muted,
    reading::{PageState, Signal},
};

/// From this sum of weights on a state is believed.
pub(super) const BELIEVED: f64 = 0.75;

/// From this sum on a state is possible, so that nothing can be called absent.
pub(super) const POSSIBLE: f64 = 0.25;

/// A page whose main part has fewer letters proves nothing: of 52 saved pages of organizations one has fewer, a page of logos without
/// texts; of 183 notes that stand in for pages, 160 have.
pub(super) const ENOUGH: usize = 160;

/// What a title weighs that says little else.
pub(super) const TITLE_ALONE: f64 = 0.5;

/// What two such titles weigh.
pub(super) const TWO_TITLES: f64 = 0.6;

/// What a heading weighs that says little else.
pub(super) const HEADING_ALONE: f64 = 0.4;

/// What a title weighs that says it among other things.
pub(super) const AMONG_OTHERS: f64 = 0.1;

/// What no line, one, two and more lines weigh that say it.
pub(super) const OF_LINES: [f64; 4] = [0.0, 0.4, 0.55, 0.65];

/// What each weak phrase weighs, if there are several.
pub(super) const WEAK: f64 = 0.07;

/// The most that weak phrases weigh.
pub(super) const MOST_OF_WEAK: f64 = 0.32;

/// What is said of things to come is seldom said of anything else.
pub(super) const TO_COME: f64 = 0.1;

/// A sentence that speaks less to the visitor is about something else.
pub(super) const SPEAKS: f64 = -0.5;

/// From these scores on, a page of up to 400, up to 800 and more letters speaks to its visitor: the shorter it is, the more it must be
/// about a subject.
pub(super) const ADDRESSED_IN: [f64; 3] = [-1.4, -0.5, 0.0];

/// The same for a page of up to 200 letters that has a button or a field among them: of 423
/// stand-ins 50 have, of 182 live pages four.
pub(super) const ADDRESSED_AND_ASKED: f64 = -2.0;

/// Below this score, a page that has the cited title is not taken for a notice.
pub(super) const HARDLY_OF_A_SUBJECT: f64 = -0.9;

/// What it takes from the score that a sentence names a year of the past: of 463 stand-ins none does, of 202 live look-alikes 54 do.
pub(super) const OF_A_PAST_YEAR: f64 = 1.5;

/// What it weighs that a page speaks to its visitor.
pub(super) const ADDRESSED: f64 = 0.25;

/// Down to this score, a page is about a subject, so that signs of stand-ins are outweighed; and surely so.
pub(super) const OF_A_SUBJECT: f64 = -1.0;
pub(super) const SURELY_OF_A_SUBJECT: f64 = -1.5;

/// So many letters are enough for a page that is surely about a subject: of some 50 notices without another sign, none with fewer than 160
/// is; of 14 live pages, seven are.
pub(super) const ENOUGH_OF_A_SUBJECT: usize = 60;

/// From this score on, so many letters are enough. Two stand-ins of forty that the model had not seen had -1.56 and -1.33, live
/// pages without a year of the past -0.63 to -2.84.
pub(super) const SURE_IF_SHORT: f64 = -1.75;

/// What it weighs against signs of stand-ins that a page is about a subject; and that it surely is.
pub(super) const OUTWEIGHED: [f64; 2] = [-0.3, -0.6];

/// A row of the table.
pub(super) struct StateSign {
    /// What the sign is called.
    name: &'static str,
    /// The state that it speaks for.
    pub(super) state: PageState,
    /// How much it says.
    weight: f64,
    /// Why it speaks for the state.
    pub(super) why: &'static str,
    /// A page that is judged otherwise without it; empty for those that `tests/cases/stand_ins` alone need.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test demands each case"))]
    html: &'static str,
    /// The status of that page.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test demands each case"))]
    status: Option<u16>,
}

impl StateSign {
    /// The sign, found on a page.
    pub(super) fn signal(&self) -> Option<Signal> {
        self.saying(self.why.to_owned())
    }

    /// The same with what was found.
    pub(super) fn saying(&self, what: String) -> Option<Signal> {
        (!is_muted(self.name)).then_some(Signal {
            what,
            speaks_for: self.state,
            weight: self.weight,
        })
    }
}

/// A row that says nothing yet.
const SIGN: StateSign = StateSign {
    name: "",
    state: PageState::Content,
    weight: 0.0,
    why: "",
    html: "",
    status: None,
};

pub(super) static TEMPLATE: StateSign = StateSign {
    name: "template",
    state: PageState::ScriptShell,
    weight: 0.3,
    why: "a script holds a template that it fills",
    html: "<meta http-equiv=refresh content=\"0; url=/tern\"><script type=\"text/x-handlebars\">{{#each partners}}</script><p>· · ·</p>",
    ..SIGN
};

pub(super) static SPREADSHEET: StateSign = StateSign {
    name: "spreadsheet",
    state: PageState::ScriptShell,
    weight: 0.4,
    why: "a script reads a spreadsheet that is elsewhere",
    html: "<meta http-equiv=refresh content=\"0; url=/tern\"><script>fetch(\"https://docs.google.com/spreadsheets/d/tern/gviz/tq\")</script><p>· · ·</p>",
    ..SIGN
};

pub(super) static NOT_FREE: StateSign = StateSign {
    name: "not-free",
    state: PageState::LoginWall,
    weight: 0.4,
    why: "its structured data says that it is not free to read",
    html: "<script type=\"application/ld+json\">{\"isAccessibleForFree\": false}</script><p>· · ·</p>",
    ..SIGN
};

pub(super) static SENDS_ELSEWHERE: StateSign = StateSign {
    name: "sends-elsewhere",
    state: PageState::ScriptShell,
    weight: 0.3,
    why: "a script leads the browser to another page",
    html: "<meta http-equiv=refresh content=\"0; url=/tern\"><script>location.href=\"/tern\"</script><p>· · ·</p>",
    ..SIGN
};

pub(super) static LOADS_CHALLENGE: StateSign = StateSign {
    name: "loads-challenge",
    state: PageState::Blocked,
    weight: 0.5,
    why: "it loads a challenge and has little text",
    html: "<script src=\"/kpsdk/p.js\"></script><p>· · ·</p>",
    ..SIGN
};

pub(super) static LOADS_PARKING: StateSign = StateSign {
    name: "loads-parking",
    state: PageState::Parked,
    weight: 0.6,
    why: "it loads what parked domains show, and has little text",
    html: "<script src=\"https://sedoparking.com/\"></script><p>· · ·</p>",
    ..SIGN
};

pub(super) static NO_INDEX: StateSign = StateSign {
    name: "no-index",
    state: PageState::SoftNotFound,
    weight: 0.2,
    why: "it asks not to be indexed and has little text",
    html: "<meta name=robots content=noindex><p>· · ·</p>",
    ..SIGN
};

pub(super) static REFRESH_AWAY: StateSign = StateSign {
    name: "refresh-away",
    state: PageState::ScriptShell,
    weight: 0.3,
    why: "it leads the browser to another page",
    html: "<meta http-equiv=refresh content=\"0; url=/tern\"><p>· · ·</p>",
    ..SIGN
};

pub(super) static REFRESH: StateSign = StateSign {
    name: "refresh",
    state: PageState::Blocked,
    weight: 0.3,
    why: "it loads itself again and again",
    html: "<meta http-equiv=refresh content=\"5\"><p>· · ·</p>",
    ..SIGN
};

pub(super) static CANONICAL: StateSign = StateSign {
    name: "canonical",
    state: PageState::SoftNotFound,
    weight: 0.5,
    why: "its canonical address is an error page's",
    html: "<link rel=canonical href=\"https://tern.example/404\"><p>· · ·</p>",
    ..SIGN
};

pub(super) static CALLED_ERROR: StateSign = StateSign {
    name: "called-error",
    state: PageState::SoftNotFound,
    weight: 0.5,
    why: "its markup calls it an error page",
    html: "<body class=\"error404\"><p>· · ·</p>",
    ..SIGN
};

pub(super) static CALLED_MAINTENANCE: StateSign = StateSign {
    name: "called-maintenance",
    state: PageState::Unavailable,
    weight: 0.5,
    why: "its markup calls it a note on maintenance",
    html: "<body class=\"maintenance-mode\"><p>· · ·</p>",
    ..SIGN
};

pub(super) static CALLED_PAYWALL: StateSign = StateSign {
    name: "called-paywall",
    state: PageState::LoginWall,
    weight: 0.4,
    why: "its markup calls a part of it a paywall",
    html: "<div class=\"paywall\"><p>· · ·</p></div>",
    ..SIGN
};

pub(super) static ASKS_EMAIL: StateSign = StateSign {
    name: "asks-email",
    state: PageState::LoginWall,
    weight: 0.2,
    why: "it asks for an e-mail address and has next to no text",
    html: "<input type=email><p>· · ·</p>",
    ..SIGN
};

pub(super) static MOUNT: StateSign = StateSign {
    name: "mount",
    state: PageState::ScriptShell,
    weight: 0.6,
    why: "the element that a script fills is empty",
    html: "<div id=root></div><p>· · ·</p>",
    ..SIGN
};

pub(super) static EMPTY_PLACE: StateSign = StateSign {
    name: "empty-place",
    state: PageState::ScriptShell,
    weight: 0.4,
    why: "the place of the list is empty",
    html: "<div id=root></div><h2>Our partners</h2><div id=partners></div>",
    ..SIGN
};

pub(super) static FOLDER_INDEX: StateSign = StateSign {
    name: "folder-index",
    state: PageState::Unavailable,
    weight: 0.4,
    why: "it is the index of a folder, as servers make them",
    html: "<title>Index of /tern/</title><h1>Index of /tern/</h1><p>The alliance was founded in 1987 by nine villages in Toledo. Its library keeps the letters of the river towns.</p>",
    ..SIGN
};

pub(super) static HEAD_STATUS: StateSign = StateSign {
    name: "head-status",
    state: PageState::SoftNotFound,
    weight: 0.8,
    why: "its head gives the status of an error",
    html: "<meta name=prerender-status-code content=404><p>· · ·</p>",
    ..SIGN
};

pub(super) static SCRIPTS: StateSign = StateSign {
    name: "scripts",
    state: PageState::ScriptShell,
    weight: 0.3,
    why: "it has scripts and next to no text",
    html: "<script>/**/</script><p>· · ·</p>",
    ..SIGN
};

pub(super) static STAND_IN_IMAGES: StateSign = StateSign {
    name: "stand-in-images",
    state: PageState::Placeholder,
    weight: 0.4,
    why: "images are stand-ins by their file names",
    html: "<main><img src=placeholder-1.png><img src=placeholder-2.png><img src=dummy.png><p>· · ·</p></main>",
    ..SIGN
};

pub(super) static STAND_IN_LINES: StateSign = StateSign {
    name: "stand-in-lines",
    state: PageState::Placeholder,
    weight: 0.8,
    why: "lines stand where names are to come",
    html: "<main><p>Partner 1</p><p>Partner 2</p><p>Partner 3</p></main>",
    ..SIGN
};

pub(super) static ASKS_PASSWORD: StateSign = StateSign {
    name: "asks-password",
    state: PageState::LoginWall,
    weight: 0.4,
    why: "it asks for a password",
    html: "<input type=password><p>· · ·</p>",
    ..SIGN
};

pub(super) static EMBEDDED_ALONE: StateSign = StateSign {
    name: "embedded-alone",
    state: PageState::ScriptShell,
    weight: 0.8,
    why: "a table is embedded from elsewhere",
    html: "<iframe src=\"https://docs.google.com/spreadsheets/tern\"></iframe><p>· · ·</p>",
    ..SIGN
};

pub(super) static STATUS_REFUSED: StateSign = StateSign {
    name: "status-refused",
    state: PageState::Blocked,
    weight: 0.4,
    why: "the status refuses the visit",
    html: "<p>· · ·</p>",
    status: Some(403),
};

pub(super) static STATUS_GONE: StateSign = StateSign {
    name: "status-gone",
    state: PageState::SoftNotFound,
    weight: 0.8,
    why: "the status says that there is no page",
    html: "<p>· · ·</p>",
    status: Some(404),
};

pub(super) static ASKS_PASSWORD_AMONG_TEXT: StateSign = StateSign {
    name: "asks-password-among-text",
    state: PageState::LoginWall,
    weight: 0.15,
    why: "it asks for a password",
    ..SIGN
};

pub(super) static EMBEDDED: StateSign = StateSign {
    name: "embedded",
    state: PageState::ScriptShell,
    weight: 0.5,
    why: "a table is embedded from elsewhere",
    ..SIGN
};

pub(super) static CHALLENGE: StateSign = StateSign {
    name: "challenge",
    state: PageState::Blocked,
    weight: 1.0,
    why: "it is a challenge",
    ..SIGN
};

pub(super) static ENDS_AT_PAYWALL: StateSign = StateSign {
    name: "ends-at-paywall",
    state: PageState::LoginWall,
    weight: 0.3,
    why: "its text ends with an offer",
    ..SIGN
};

pub(super) static OTHER_NOTES: StateSign = StateSign {
    name: "other-notes",
    state: PageState::Placeholder,
    weight: -0.5,
    why: "the page has other text",
    ..SIGN
};

pub(super) static DOMAIN_TITLE: StateSign = StateSign {
    name: "domain-title",
    state: PageState::Parked,
    weight: 0.5,
    why: "its title is a domain",
    ..SIGN
};

pub(super) static PROMISED: StateSign = StateSign {
    name: "promised",
    state: PageState::Placeholder,
    weight: 0.3,
    why: "its heading promises names and there are none",
    ..SIGN
};

/// How much more other text speaks against a state that the titles alone tell: a poem may be called "Sorry".
const ONLY_IN_TITLES: f64 = 0.2;

/// How much it speaks against a state that the page has so many letters of other text. Walls have none; error pages may offer
/// other things to read, and parked domains speak of domains.
pub(super) fn relief(state: PageState, other: usize) -> f64 {
    let steps: [(usize, f64); 4] = match state {
        PageState::Blocked | PageState::LoginWall | PageState::ConsentWall => {
            [(1_200, 1.4), (400, 1.1), (200, 0.8), (110, 0.45)]
        }
        PageState::Parked => [(1_000, 1.2), (450, 0.8), (200, 0.5), (120, 0.2)],
        _ => [(2_400, 1.2), (1_000, 0.8), (450, 0.5), (120, 0.3)],
    };
    steps
        .iter()
        .find(|step| other >= step.0)
        .map_or(0.0, |step| step.1)
}

/// The same for a page that says something for the state: a little more where it says hardly anything, or only titles do.
pub(super) fn relief_of(
    only_in_titles: bool,
    saying: usize,
    state: PageState,
    other: usize,
) -> f64 {
    let relief = relief(state, other);
    let more = match saying * 2 {
        _ if relief <= 0.0 => 0.0,
        _ if only_in_titles => ONLY_IN_TITLES,
        twice if twice * 2 <= other => 0.2,
        twice if twice <= other => 0.1,
        _ => 0.0,
    };
    relief + more
}

/// What it says that a page has nothing else to say.
pub(super) const NOTHING_ELSE_SAYS: f64 = 0.2;

/// What is left of a sign for a state where the page lists names.
pub(super) fn beside_names(state: PageState) -> f64 {
    match state {
        PageState::SoftNotFound | PageState::Parked => 0.6,
        _ => 0.4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        extract::{Page, read, sign::muted},
        media_type::MediaType,
    };

    #[test]
    fn every_sign_has_a_page_that_is_judged_otherwise_without_it() {
        let signs = [
            &TEMPLATE,
            &SPREADSHEET,
            &NOT_FREE,
            &SENDS_ELSEWHERE,
            &LOADS_CHALLENGE,
            &LOADS_PARKING,
            &NO_INDEX,
            &REFRESH_AWAY,
            &REFRESH,
            &CANONICAL,
            &CALLED_ERROR,
            &CALLED_MAINTENANCE,
            &CALLED_PAYWALL,
            &ASKS_EMAIL,
            &MOUNT,
            &EMPTY_PLACE,
            &FOLDER_INDEX,
            &HEAD_STATUS,
            &SCRIPTS,
            &STAND_IN_IMAGES,
            &STAND_IN_LINES,
            &ASKS_PASSWORD,
            &EMBEDDED_ALONE,
            &STATUS_REFUSED,
            &STATUS_GONE,
            &ASKS_PASSWORD_AMONG_TEXT,
            &EMBEDDED,
            &CHALLENGE,
            &ENDS_AT_PAYWALL,
            &OTHER_NOTES,
            &DOMAIN_TITLE,
            &PROMISED,
        ];
        let mut wrong = Vec::new();
        for sign in signs.into_iter().filter(|sign| !sign.html.is_empty()) {
            let judged = || {
                let reading = read(&Page {
                    body: format!("<!doctype html>{}", sign.html).as_bytes(),
                    media_type: &MediaType::parse("text/html; charset=utf-8"),
                    uri: None,
                    status: sign.status,
                    selectors: &[],
                });
                let doubt = reading.doubt.map(|doubt| doubt.speaks_for);
                (reading.state, doubt)
            };
            let (with, without) = (judged(), muted::without(sign.name, judged));
            if with == without {
                wrong.push(format!("{}: {with:?} with and without", sign.name));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
