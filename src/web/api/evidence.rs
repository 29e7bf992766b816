//! A finding with the captures it rests on, as a package for others.

use super::answers::{none, part};
use crate::{
    finding::FindingId,
    interchange::{ExportError, Packet},
    report::{Label, said, since},
    web::{Answer, Origins, Request, Web, problem::Problem},
};

/// A finding and the captures it rests on, as a WACZ package with the proofs from the ledger.
#[utoipa::path(get, path = "/api/v1/findings/{finding}/evidence.wacz", tag = "findings",
    params(("finding" = String, Path, description = "The id of the finding")),
    responses((status = 200, description = "The package", body = Vec<u8>, content_type = "application/wacz"),
        (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn evidence(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    let now = web.now()?;
    let item = now.desk.item(&FindingId(part(request, 1)));
    let item = item.ok_or_else(|| none("There is no current finding of that id."))?;
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
        return Err(none("This finding does not rest on any capture."));
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
