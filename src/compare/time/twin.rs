//! A passage that is like the claimed words and was on the page together with them: it does not replace them.

use super::{fold::Folded, track::Track};
use crate::compare::grounds::time as grounds;
use crate::{
    compare::{claim::Said, page::Look},
    finding::{Verdict, Why},
};

/// Corrects the verdict if the passage was already on the page together with the claimed words.
pub(in crate::compare) fn apart(
    folded: &mut Folded,
    tracks: &[(u32, &Track<Said>)],
    look: &mut Look<'_>,
) {
    let (Verdict::Altered { to, .. }, Some(seen)) =
        (&folded.said.verdict, folded.history.last_seen)
    else {
        return;
    };
    let says = |track: &Track<Said>| {
        let latest = track.latest().map(|latest| &latest.said.verdict);
        matches!(latest, Some(Verdict::Altered { to: there, .. }) if there == to)
    };
    let Some((number, _)) = tracks.iter().find(|track| says(track.1)) else {
        return;
    };
    let mut had = false;
    look(*number, seen, &mut |page| {
        had = page
            .visited
            .reading
            .is_some_and(|reading| !page.text(reading).find(to).is_empty());
    });
    if !had {
        return;
    }
    let twin = format!("\"{to}\" was also there before, beside the claimed words");
    folded.said.verdict = match folded.said.unproven.take() {
        Some(detail) => Verdict::CannotTell {
            why: Why::AnotherPage,
            detail,
        },
        None => Verdict::Absent,
    };
    folded.said.reasons = vec![grounds::WAS_BESIDE.saying(&twin)];
    folded.said.score = grounds::WAS_BESIDE.score;
}
