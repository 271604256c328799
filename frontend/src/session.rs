//! The member who is signed in, shared by every page.

use api_types::{
    account::{Role, Session, SignIn, SwitchWorkspace},
    ids::WorkspaceId,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        call::{name_workspace, when_elsewhere, when_signed_out},
        error::ApiError,
        session,
    },
    browser,
    data::cache::forget_all,
    paths, stream,
    ui::typed::is_anything_unsent,
};

/// The state of knowledge about the session.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionState {
    /// The API has not answered yet.
    Unknown,
    /// Nobody is signed in.
    SignedOut,
    /// The API could not say.
    Failed(ApiError),
    /// Somebody is signed in.
    SignedIn(Session),
}

/// The key under which tabs tell each other the workspace that the session was moved to.
const MOVED_TO: &str = "sayless-workspace";

/// The session, as a handle that pages take from their context.
#[derive(Clone, Copy, Debug)]
pub struct SessionStore {
    state: RwSignal<SessionState>,
    /// True once the session was moved to another workspace than this tab shows.
    elsewhere: RwSignal<bool>,
    /// True once the session has ended while something was typed that is not sent.
    ended: RwSignal<bool>,
}

impl SessionStore {
    /// Makes the store, puts it into the context and asks who is signed in.
    pub fn provide() -> Self {
        let store = Self::new(SessionState::Unknown);
        provide_context(store);
        when_signed_out(move || {
            if is_anything_unsent() && untrack(|| store.session()).is_some() {
                stream::close();
                store.ended.set(true);
            } else {
                store.end();
            }
        });
        when_elsewhere(move || store.set_elsewhere(true));
        browser::on_remembered(MOVED_TO, move |id| {
            let here = untrack(|| store.session()).map(|session| session.workspace.id.to_string());
            store.set_elsewhere(here.is_some() && here != id);
        });
        store.reload();
        store
    }

    fn new(state: SessionState) -> Self {
        Self { state: RwSignal::new(state), elsewhere: RwSignal::new(false), ended: RwSignal::new(false) }
    }

    fn set(self, state: SessionState) {
        // Before anything is asked for in that workspace.
        name_workspace(match &state {
            SessionState::SignedIn(session) => Some(session.workspace.id),
            SessionState::Unknown | SessionState::SignedOut | SessionState::Failed(_) => None,
        });
        self.state.set(state);
    }

    /// Notes that the session was moved to another workspace than this tab shows, or is back.
    fn set_elsewhere(self, is_elsewhere: bool) {
        if untrack(|| self.elsewhere.get()) == is_elsewhere {
            return;
        }
        self.elsewhere.set(is_elsewhere);
        if is_elsewhere { stream::close() } else { stream::resume() }
    }

    /// The store of this page's context.
    pub fn use_store() -> Self {
        use_context().unwrap_or_else(|| Self::new(SessionState::SignedOut))
    }

    /// The state now, followed by the caller.
    pub fn get(self) -> SessionState {
        self.state.get()
    }

    /// The session, if somebody is signed in.
    pub fn session(self) -> Option<Session> {
        self.state.with(|state| {
            if let SessionState::SignedIn(session) = state { Some(session.clone()) } else { None }
        })
    }

    /// True where the signed-in member may see Settings > API.
    pub fn is_admin(self) -> bool {
        self.session().and_then(|session| session.member).is_some_and(|member| member.role == Role::Admin)
    }

    /// Asks again who is signed in.
    pub fn reload(self) {
        spawn_local(async move {
            match session::show().await {
                Ok(session) => self.set(SessionState::SignedIn(session)),
                Err(error) if error.status == 401 => self.set(SessionState::SignedOut),
                Err(error) => self.set(SessionState::Failed(error)),
            }
        });
    }

    /// Ends the session.
    pub async fn sign_out(self) -> Result<(), ApiError> {
        session::sign_out().await?;
        self.end();
        Ok(())
    }

    /// Shows that nobody is signed in any more.
    pub fn end(self) {
        self.ended.set(false);
        stream::close();
        // The next to sign in may be somebody else.
        forget_all();
        self.set(SessionState::SignedOut);
    }

    /// The session that has ended while something was typed that is not sent; followed by the caller.
    pub fn ended(self) -> Option<Session> {
        self.ended.get().then(|| self.session()).flatten()
    }

    /// Signs the same member in again, to the workspace that this tab shows, where all of it goes on as it is.
    pub async fn sign_in_again(self, password: String) -> Result<(), ApiError> {
        let Some(shown) = untrack(|| self.session()) else { return Ok(()) };
        let email = shown.member.map(|member| member.email).unwrap_or_default();
        let workspace_id = Some(shown.workspace.id);
        session::sign_in(&SignIn { email, password, workspace_id }).await?;
        self.ended.set(false);
        stream::resume();
        Ok(())
    }

    /// The session was moved to another workspace than this tab shows; followed by the caller.
    pub fn is_elsewhere(self) -> bool {
        self.elsewhere.get()
    }

    /// Moves the session back to the workspace that this tab shows, where all of it goes on as it is.
    pub async fn come_back(self) -> Result<(), ApiError> {
        let Some(session) = untrack(|| self.session()) else { return Ok(()) };
        move_to(session.workspace.id).await?;
        self.set_elsewhere(false);
        Ok(())
    }

    /// Moves to another of the member's workspaces and starts there afresh.
    pub async fn switch(self, workspace_id: WorkspaceId) -> Result<(), ApiError> {
        move_to(workspace_id).await?;
        // Everything on the screen belongs to the old workspace: begin anew rather than patch it up.
        let here = browser::here();
        let there = if here.starts_with(paths::ACCOUNT) { &here } else { paths::SETTINGS };
        let _ = window().location().assign(there);
        Ok(())
    }

    /// The sign-in page, from which the visitor comes back here.
    pub fn sign_in_path() -> String {
        paths::sign_in(&browser::here())
    }
}

/// Moves the session to a workspace, and lets the other tabs know.
async fn move_to(workspace_id: WorkspaceId) -> Result<(), ApiError> {
    session::switch(&SwitchWorkspace { workspace_id }).await?;
    browser::remember(MOVED_TO, Some(workspace_id.as_str()));
    Ok(())
}

/// A place on this site to go to after signing in; anything that could lead elsewhere becomes Settings > API.
pub fn safe_return(wanted: Option<&str>) -> String {
    let wanted = wanted.unwrap_or_default();
    let local =
        wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains(['\\', '\n', '\r', '\t']);
    let elsewhere = local && !wanted.starts_with(paths::SIGN_IN);
    if elsewhere { wanted.to_owned() } else { paths::SETTINGS.to_owned() }
}

/// `true` where a place on this site is answered by the server itself and not by the console: the browser goes there whole.
pub fn is_of_server(place: &str) -> bool {
    place.starts_with(paths::AUTHORIZE)
}

#[cfg(test)]
mod tests {
    use super::{is_of_server, safe_return};

    #[test]
    fn the_authorization_endpoint_is_the_servers() {
        assert!(is_of_server("/oauth/authorize?client_id=https%3A%2F%2Frobot.example%2Fclient.json"));
        assert!(!is_of_server("/oauth/consent/abc") && !is_of_server("/settings/api"));
    }

    #[test]
    fn only_this_site_is_returned_to() {
        let kept = "/settings/api/webhooks/whk_1?status=failed#deliveries";
        assert_eq!(safe_return(Some(kept)), kept);
        for wanted in
            ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/sign-in", ""]
        {
            assert_eq!(safe_return(Some(wanted)), "/settings/api", "{wanted}");
        }
        assert_eq!(safe_return(None), "/settings/api");
    }
}
