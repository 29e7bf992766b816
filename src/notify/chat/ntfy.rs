//! ntfy: JSON that is sent to the root of the server and contains the topic (docs.ntfy.sh, "Publish as JSON").

use serde_json::json;

use crate::notify::{Digest, Post, Secret, plain};

/// The most bytes of a message: a longer one becomes an attachment.
const MOST: usize = 3_900;

/// The message to a topic of ntfy.
pub(in crate::notify) fn ntfy(digest: &Digest, url: Secret, topic: &str) -> Post {
    let (priority, tag) = if digest.is_grave() {
        (4, "warning")
    } else {
        (3, "mag")
    };
    let mut body = json!({
        "topic": topic,
        "title": super::title(digest),
        "message": plain::text(digest, MOST),
        "priority": priority,
        "tags": [tag],
        "markdown": false,
    });
    let mut links = digest.changes.iter().flat_map(|change| &change.cited);
    let link = links.find_map(|cited| cited.link.as_ref());
    if let (Some(link), Some(body)) = (link.or(digest.site.as_ref()), body.as_object_mut()) {
        body.insert("click".to_owned(), json!(link));
    }
    Post::json(url, body.to_string())
}
