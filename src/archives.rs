//! Other archives: what to ask them, and what their answers mean. Pure: takes addresses and captures, returns mementos; the code
//! that sends the requests counts the budgets.
//!
//! | file | contents |
//! | --- | --- |
//! | `archive` | the interfaces of an archive, as named in the settings, and the addresses of its mementos |
//! | `listing` | the index: CDX in its three forms, page by page; counts unreadable rows |
//! | `answer` | the answer to a request for a memento: a copy, another date, a refusal, a wait |
//! | `copy` | the capture made from a copy: head rebuilt, payload compared with the digest in the index |
//! | `common_crawl` | Common Crawl: which crawls to ask, and pages in ranges of WARC files |
//! | `choice` | which mementos to copy, and which copy to propose |
//! | `save` | Save Page Now: requests, and what their answers mean |

mod answer;
mod archive;
mod choice;
mod common_crawl;
mod copy;
mod listing;
mod save;

pub use answer::{Answer, Wanted, answer, of_index, of_throttled};
pub use archive::{Archive, ArchiveError, Interface, beside, is_archive_today, memento_in};
pub use choice::{Judged, proposed, wanted};
pub use common_crawl::{CrawlIndex, crawled, crawls, crawls_near, of_part, range_in};
pub use copy::copy;
pub use listing::{Listed, ListingError, Page, listing};
pub use save::{Room, Saved, authorization, room, save_form, saved};
