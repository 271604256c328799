//! Failed requests, noted for the admins of the app that they were about: what the answer itself does not say.
//!
//! A refusal is noted in memory and written later ([`usage`](crate::auth::usage)), so that the caller does not wait. Where a member of
//! another workspace may stand behind a request, its address is left out. An app's `client_id` is no secret: a failed request is trusted
//! where it comes from a network from which the app proved itself lately, or from a member of the app's own workspace, and what is not
//! trusted pushes no trusted one out.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
};
use api_types::{
    Timestamp,
    ids::{OAuthAppId, WorkspaceId},
    oauth_apps::{ClientKind, Distribution},
    oauth_failures::OAuthEndpoint,
};

use super::{
    client,
    error::{ErrorCode, OAuthError},
    limits,
    params::Form,
};
use crate::{
    auth::{address, parts::Auth, session},
    db::{oauth_clients::ClientRecord, oauth_failures::NewFailure},
    http::problem::request_id,
    ranges,
};

/// The most characters of a `User-Agent` that are kept.
const MAX_USER_AGENT: usize = 200;

/// A call of an OAuth endpoint, which may be refused.
#[derive(Clone, Copy, Debug)]
pub struct Refusable<'a> {
    auth: &'a Auth,
    endpoint: OAuthEndpoint,
    request: &'a HttpRequest,
    /// The app that the request names, proved or not.
    app: Option<OAuthAppId>,
}

impl<'a> Refusable<'a> {
    /// A call with this form.
    pub fn new(auth: &'a Auth, endpoint: OAuthEndpoint, request: &'a HttpRequest, form: &Form) -> Self {
        let by_header =
            if endpoint == OAuthEndpoint::Authorize { None } else { client::named_by_header(request) };
        Self { auth, endpoint, request, app: by_header.or(form.app) }
    }

    /// Answers the call, and notes a refusal. A device that waits is no refusal.
    pub async fn noted<T>(
        self,
        answer: impl Future<Output = Result<T, OAuthError>>,
    ) -> Result<T, OAuthError> {
        let answer = answer.await;
        if let Err(refusal) = &answer
            && refusal.code() != ErrorCode::AuthorizationPending
        {
            self.note(refusal, refusal.http_status()).await;
        }
        answer
    }

    /// Notes a refusal that is answered with this status, where the request names an app that there is.
    pub async fn note(self, refusal: &OAuthError, status: StatusCode) {
        let Self { auth, request, .. } = self;
        let ip = address::of_request(request, &auth.base.settings.trusted_proxies);
        let Some(app) = self.app else { return };
        let network = ranges::network(ip);
        let is_proven = auth.proven.holds(app, network, auth.base.clock.monotonic());
        // Whoever makes up ids of apps is not to keep the database busy.
        if !is_proven && !limits::explain(auth, network) {
            auth.usage.drop_failure();
            return;
        }
        let Ok(Some(client)) = client::look_up(auth, app.as_str()).await else { return };
        let origin = match self.endpoint {
            OAuthEndpoint::Authorize => of_browser(&client, visited(auth, request).await),
            _ => of_app(&client, is_proven),
        };
        auth.usage.note_failure(sender(auth, request).failure(
            self.endpoint,
            &client,
            (refusal, status),
            origin,
        ));
    }
}

/// The sender of a request, as it says itself.
#[derive(Clone, Debug)]
pub struct Sender {
    at: Timestamp,
    ip: IpAddr,
    user_agent: String,
    request_id: String,
}

/// The sender of a request.
pub fn sender(auth: &Auth, request: &HttpRequest) -> Sender {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Sender {
        at: auth.base.now(),
        ip: address::of_request(request, &auth.base.settings.trusted_proxies),
        user_agent: agent.unwrap_or_default().chars().take(MAX_USER_AGENT).collect(),
        request_id: request_id().unwrap_or_default(),
    }
}

impl Sender {
    /// The failure of a request that a member of `visited` answered with a no, or could answer with nothing else.
    pub fn denied(self, client: &ClientRecord, refusal: &OAuthError, visited: WorkspaceId) -> NewFailure {
        let told = (refusal, StatusCode::SEE_OTHER);
        self.failure(OAuthEndpoint::Authorize, client, told, of_browser(client, Some(visited)))
    }

    fn failure(
        self,
        endpoint: OAuthEndpoint,
        client: &ClientRecord,
        (refusal, status): (&OAuthError, StatusCode),
        origin: Origin,
    ) -> NewFailure {
        let shown = |text: String| if origin.shown { text } else { String::new() };
        NewFailure {
            app_id: client.id,
            occurred_at: self.at,
            last_at: self.at,
            count: 1,
            endpoint,
            error: refusal.code(),
            cause: refusal.cause(),
            detail: refusal.detail().to_owned(),
            status: i32::from(status.as_u16()),
            request_id: self.request_id,
            ip: shown(self.ip.to_string()),
            user_agent: shown(self.user_agent),
            trusted: origin.trusted,
        }
    }
}

/// The facts that may be told of where a request came from.
#[derive(Clone, Copy, Debug)]
struct Origin {
    /// The address and the user agent are shown.
    shown: bool,
    trusted: bool,
}

/// The workspace whose member is signed in at the browser.
async fn visited(auth: &Auth, request: &HttpRequest) -> Option<WorkspaceId> {
    let session = session::of_request(&auth.base.settings, request)?;
    let live = session::look_up(&auth.base, &session).await.ok()?;
    Some(live.principal.workspace.id)
}

/// A browser: of the app's own workspace, of another, or of nobody knows whom.
fn of_browser(client: &ClientRecord, visited: Option<WorkspaceId>) -> Origin {
    let own = visited == Some(client.workspace.id);
    let stranger_at_home = visited.is_none() && client.distribution == Distribution::Workspace;
    Origin { shown: own || stranger_at_home, trusted: own }
}

/// The app itself, or somebody who says so. A public app runs on devices of members, also of other workspaces where it may.
fn of_app(client: &ClientRecord, is_proven: bool) -> Origin {
    let on_devices = client.kind == ClientKind::Public && client.distribution == Distribution::Public;
    Origin { shown: !on_devices, trusted: is_proven }
}
