//! Names of tags and attributes: where they end, what they stand for, each looked up once a page, and which are kept.

use std::ops::Range;

use html5ever::LocalName;
use memchr::memmem;

/// Which attributes are kept.
pub(super) type Keep = fn(&LocalName) -> bool;

/// How many names are remembered; a page uses some dozens.
const NAMES: usize = 256;

/// A name as it was spelt, and what it stands for.
struct Known {
    spelt: Range<usize>,
    name: LocalName,
    kept: bool,
}

/// The names seen, each where its hash leads.
pub(super) struct Names {
    known: Vec<Option<Known>>,
    keep: Keep,
}

impl Names {
    /// None yet.
    pub(super) fn new(keep: Keep) -> Self {
        Self {
            known: (0..NAMES).map(|_| None).collect(),
            keep,
        }
    }

    /// The name at a place of the page's text, and whether an attribute of that name is kept.
    pub(super) fn known(&mut self, text: &str, at: Range<usize>) -> (LocalName, bool) {
        let spelt = &text[at.clone()];
        let slot = slot(spelt.as_bytes());
        if let Some(known) = &self.known[slot]
            && text[known.spelt.clone()] == *spelt
        {
            return (known.name.clone(), known.kept);
        }
        let name = if spelt.bytes().any(|it| it.is_ascii_uppercase() || it == 0) {
            // A null character is none of a name (HTML standard, 13.2.5.8 and 13.2.5.33).
            LocalName::from(spelt.to_ascii_lowercase().replace('\0', "\u{fffd}"))
        } else {
            LocalName::from(spelt)
        };
        let kept = (self.keep)(&name);
        self.known[slot] = Some(Known {
            spelt: at,
            name: name.clone(),
            kept,
        });
        (name, kept)
    }
}

/// Whether the value of an attribute may be JSON, plain or in base64, in which a page carries what its scripts are to show.
pub(super) fn may_be_data(value: &str) -> bool {
    const LEAST: usize = 100;
    value.len() >= LEAST
        && match value.as_bytes()[0] {
            b'[' => true,
            // Of an object what counts is the records in it; most are but settings.
            b'{' => memmem::find(value.as_bytes(), b"[{").is_some(),
            // The base64 of an opening brace or bracket and a quotation mark or brace.
            b'e' => value.starts_with("eyJ"),
            b'W' => value.starts_with("W3s") || value.starts_with("WyJ"),
            _ => false,
        }
}

/// Where a name is remembered: by its first and last bytes and its length.
fn slot(name: &[u8]) -> usize {
    let ends = match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => name.iter().fold(0, |all, &it| all << 8 | u64::from(it)),
    };
    let hash = (ends ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 48) as usize % NAMES
}

/// Which bytes end a name: of a tag, the first bit; of an attribute, the second.
static ENDS: [u8; 256] = {
    let mut ends = [0; 256];
    let mut at = 0;
    let tags = b"\t\n\x0c />";
    while at < tags.len() {
        ends[tags[at] as usize] = 3;
        at += 1;
    }
    ends[b'=' as usize] = 2;
    ends
};

/// How long a name goes on; `None` where the text ends in it.
pub(super) fn length(rest: &[u8], attribute: bool) -> Option<usize> {
    let ends = if attribute { 2 } else { 1 };
    rest.iter()
        .position(|&it| ENDS[usize::from(it)] & ends != 0)
}
