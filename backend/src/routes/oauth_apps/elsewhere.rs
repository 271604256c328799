//! An app's end in the workspaces that have it installed.

use api_types::{audit::AuditAction, ids::OAuthAppId, oauth_apps::OAuthApp};
use serde_json::json;

use crate::{
    db::{
        Tx, app_installs,
        audit::{self, Change, Who},
        authorizations::AuthorizationsOf,
        dialect,
    },
    delivery::{self, Publisher},
    http::problem::Answer,
    oauth::{admission, withdraw},
};

/// Disables the webhooks of a suspended app wherever it is installed.
pub fn stop(tx: &mut Tx<'_>, publisher: &Publisher, app: OAuthAppId) -> Answer<()> {
    for (_, workspace) in app_installs::of_app(tx, app)? {
        delivery::end_owner(tx, publisher, &Who::system(workspace), app.as_str())?;
    }
    Ok(())
}

/// Removes a deleted app wherever it is installed, with all that members there allowed it.
pub fn end(tx: &mut Tx<'_>, publisher: &Publisher, app: &OAuthApp) -> Answer<()> {
    for (install, workspace) in app_installs::of_app(tx, app.id)? {
        dialect::lock(tx, &admission::lock_of(app.id, workspace))?;
        let who = Who::system(workspace);
        let end_owner =
            |tx: &mut Tx<'_>, app: OAuthAppId| delivery::end_owner(tx, publisher, &who, app.as_str());
        let whose = AuthorizationsOf::App(workspace, app.id);
        let withdrawn = withdraw::withdraw(tx, &who, whose, None, end_owner)?;
        app_installs::delete(tx, workspace, install)?;
        end_owner(tx, app.id)?;
        let details = json!({ "authorizations": withdrawn, "by": "publisher" });
        let change = Change::of(AuditAction::AppInstallRemoved, install.as_str(), &app.name, details);
        audit::append(tx, &who, change)?;
    }
    Ok(())
}
