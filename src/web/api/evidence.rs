//! A finding with the captures it rests on, as a package for others.

use super::answers::part;
use crate::{
    finding::FindingId,
    web::{Answer, Origins, Request, Web, packet::packet, problem::Problem},
};

/// A finding and the captures it rests on, as a WACZ package with the proofs from the ledger.
#[utoipa::path(get, path = "/api/v1/findings/{finding}/evidence.wacz", tag = "findings",
    params(("finding" = String, Path, description = "The id of the finding")),
    responses((status = 200, description = "The package", body = Vec<u8>, content_type = "application/wacz"),
        (status = "default", description = "What went wrong", body = Problem, content_type = "application/problem+json")))]
pub(super) fn evidence(web: &Web, request: &Request, _: &Origins) -> Result<Answer, Problem> {
    packet(web, &FindingId(part(request, 1)))
}
