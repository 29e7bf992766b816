//! The evidence packet of a finding: a WACZ package with the captures it rests on and the proofs from the ledger.

use super::{Answer, Web, problem::Problem};
use crate::{
    finding::FindingId,
    interchange::{ExportError, Packet},
    report::{Label, said, since},
};

/// The package of a current finding, for a browser or a program.
pub(super) fn packet(web: &Web, id: &FindingId) -> Result<Answer, Problem> {
    let now = web.now()?;
    let item = now.desk.item(id);
    let item =
        item.ok_or_else(|| Problem::new("not-found", "There is no current finding of that id."))?;
    let finding = item.finding();
    let words = finding.subject.words().unwrap_or(&finding.profile);
    let said = format!(
        "{words}: {}. {} {}",
        Label::of(finding).words(),
        said(finding),
        since(finding)
    );
    let packet = Packet {
        store: &web.options.store,
        finding,
        said: said.trim(),
        created: web.options.clock.now(),
    };
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let path = folder.path().join("evidence.wacz");
    let written = packet.write(&path).map_err(|error| match error {
        ExportError::Store(error) => error.into(),
        other => failed(&other),
    })?;
    if written.is_none() {
        let detail = "This finding does not rest on any capture.";
        return Err(Problem::new("not-found", detail));
    }
    let bytes = std::fs::read(&path).map_err(|error| failed(&error))?;
    let name = format!("attachment; filename=\"evidence-{}.wacz\"", finding.id);
    Ok(Answer::new(200, "application/wacz", bytes).field("Content-Disposition", name))
}

fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "a package cannot be written");
    Problem::new(
        "fault",
        "The package cannot be written. The log contains the reason.",
    )
}
