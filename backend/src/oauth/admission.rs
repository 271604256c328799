//! The admission of an app to a workspace that is not its own: an install that an admin made, or that the workspace's policy lets a
//! member make.

use api_types::{
    account::Role,
    admission::Admission,
    app_installs::{AppPolicy, ClientDocuments, InstallStatus},
    ids::{OAuthAppId, WorkspaceId},
    oauth_apps::Distribution,
    oauth_failures::FailureCause,
};
use diesel::QueryResult;

use super::error::OAuthError;
use crate::{
    db::{Conn, accounts, app_installs, oauth_clients::ClientRecord},
    plan,
};

const NOT_ADMITTED: OAuthError = OAuthError::grant(
    FailureCause::AppNotAdmitted,
    "The workspace of the member no longer lets this app in. An admin there paused it or removed it.",
);

/// The workspace in which an app would act for a member whose session is in `session`: the app's own, or, for a public app, the
/// session's. An app that is known by a document is another one in each workspace.
pub fn place(client: &ClientRecord, session: WorkspaceId) -> WorkspaceId {
    match client.distribution {
        Distribution::Public if client.client_id_url.is_none() => session,
        Distribution::Workspace | Distribution::Public => client.workspace.id,
    }
}

/// The name of the database lock under which decisions about an app in a workspace follow each other.
pub fn lock_of(app: OAuthAppId, workspace: WorkspaceId) -> String {
    format!("install of {app} in {workspace}")
}

/// The admission of an app to a workspace, one of whose members is asked.
pub fn of(
    conn: &mut Conn,
    client: &ClientRecord,
    workspace: WorkspaceId,
    role: Role,
) -> QueryResult<Admission> {
    if client.is_at_home(workspace) {
        return Ok(Admission::Admitted);
    }
    let setting = app_installs::policy(conn, workspace)?;
    let is_off = client.client_id_url.is_some() && setting.client_documents == ClientDocuments::Off;
    let status = app_installs::status(conn, workspace, client.id)?;
    Ok(match status {
        Some(InstallStatus::Active) => Admission::Admitted,
        Some(InstallStatus::Paused) => Admission::Paused,
        _ if is_off => Admission::NotListed,
        _ if role == Role::Admin => Admission::Installs,
        Some(InstallStatus::Requested) => Admission::Waiting,
        Some(InstallStatus::Refused) => Admission::Refused,
        None => match setting.policy {
            AppPolicy::Open => Admission::Installs,
            AppPolicy::Ask => Admission::Ask,
            AppPolicy::List => Admission::NotListed,
        },
    })
}

/// Refuses tokens where the app may not act in the workspace any more, or where that workspace's plan has no API.
pub fn check(
    conn: &mut Conn,
    client: &ClientRecord,
    workspace: WorkspaceId,
) -> QueryResult<Result<(), OAuthError>> {
    if client.is_at_home(workspace) {
        return Ok(Ok(()));
    }
    let installed = app_installs::status(conn, workspace, client.id)? == Some(InstallStatus::Active);
    if client.distribution != Distribution::Public || !installed {
        return Ok(Err(NOT_ADMITTED));
    }
    let found = accounts::workspace(conn, workspace)?;
    let has_api = found.is_some_and(|found| plan::limits(found.plan).api_access);
    let refusal =
        || OAuthError::NO_PLAN.because("The plan of the member's workspace does not include the API.");
    Ok(if has_api { Ok(()) } else { Err(refusal()) })
}
