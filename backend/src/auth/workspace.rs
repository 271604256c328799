//! The workspace that a caller believes to act in. A session can be moved to another one in another tab: what a page shows, and what a
//! member does there, must not reach a workspace that it was not made for.

use actix_web::HttpRequest;
use api_types::{ProblemType, ids::WorkspaceId, problem::FaultCode};

use crate::http::problem::Failure;

/// The header that names the workspace.
const HEADER: &str = "Sayless-Workspace";

/// Refuses a request that names another workspace than the one that its credential acts in.
pub fn check(request: &HttpRequest, own: WorkspaceId) -> Result<(), Failure> {
    let mut named = request.headers().get_all(HEADER).peekable();
    if named.peek().is_none() {
        return Ok(());
    }
    let ids: Option<Vec<WorkspaceId>> = named.map(|id| id.to_str().ok()?.parse().ok()).collect();
    match ids.as_deref() {
        Some([id]) if *id == own => Ok(()),
        Some([_]) => Err(Failure::new(
            ProblemType::WorkspaceMismatch,
            "The session, key or token acts in another workspace than Sayless-Workspace names. Nothing was read or changed.",
        )),
        _ => Err(Failure::header(
            HEADER,
            FaultCode::Malformed,
            "One id of a workspace, such as wsp_01JDBN5X7W3Q9K2M4E6R8T0VYZ.",
        )),
    }
}
