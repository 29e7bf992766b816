//! Other archives: what to ask them, and what their answers mean. Pure: addresses and captures go in, mementos come out; whoever
//! sends the requests keeps the budgets.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `archive` | the interfaces of an archive, as the settings name it, and the addresses of its mementos |
//! | `listing` | the index: CDX in its three forms, page by page, with its bad rows |
//! | `answer` | the answer to a request for a memento: a copy, another date, a refusal, a wait |
//! | `copy` | the capture that is made of a copy: head rebuilt, payload held against the digest of the index |
//! | `choice` | which mementos are copied, and which copy is proposed |
//! | `save` | Save Page Now: requests, and what their answers mean |

mod answer;
mod archive;
mod choice;
mod copy;
mod listing;
mod save;

pub use answer::{Answer, Wanted, answer, of_index};
pub use archive::{Archive, ArchiveError, Interface, beside, is_archive_today, memento_in};
pub use choice::{Judged, proposed, wanted};
pub use copy::copy;
pub use listing::{Listed, ListingError, Page, listing};
pub use save::{Room, Saved, authorization, room, save_form, saved};
