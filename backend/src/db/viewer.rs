//! The viewer of what the delivery engine keeps: the workspace to look in, whose webhooks, and what is shown of an event. Lists and
//! look-ups take a viewer and nothing less, so that none forgets to ask.

use api_types::ids::WorkspaceId;

use crate::catalogue::Reader;

/// A caller as the lists of webhooks, deliveries and recoveries know them.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub workspace: WorkspaceId,
    /// The owner whose webhooks alone are there for this viewer; `None` for an admin, who sees all.
    pub own: Option<String>,
    /// Says what is shown of an event.
    pub reader: Reader,
}
