//! Apps that a workspace knows by their documents: an app's row for each URL, made when the first member is asked.

use std::net::IpAddr;

use api_types::{
    app_installs::ClientDocuments,
    audit::{Actor, ActorKind, AuditAction},
    ids::{MemberId, OAuthAppId, WorkspaceId},
    oauth_apps::{ClientKind, Distribution},
    oauth_failures::FailureCause,
};
use diesel::QueryResult;
use serde_json::{Value, json};

use super::{documents::Documents, fault::fault, url};
use crate::{
    auth::parts::Auth,
    db::{
        Json, Tx, app_installs,
        audit::{self, Change, Who},
        client_documents::{self, DocumentColumns},
        dialect,
        oauth_apps::{self, AppRow},
        oauth_clients::{self, ClientRecord},
    },
    delivery::address::WebhookUrl,
    oauth::{error::OAuthError, limits},
};

/// The most apps that a workspace knows by their documents. Those that nobody lets in are forgotten after a day.
const MAX_KNOWN: i64 = 200;

const OFF: OAuthError = fault(
    FailureCause::DocumentsNotTaken,
    "This client_id is a URL, and the workspace that you are signed in to does not take apps by their metadata documents. An admin can \
     switch that on under Settings, API, Installed apps.",
);
const TOO_MANY: OAuthError = fault(
    FailureCause::DocumentsTooMany,
    "This workspace knows 200 apps by their metadata documents, which is the most. Ask an admin to remove some; those that nobody \
     allowed are forgotten after a day.",
);
const FORGOTTEN: OAuthError =
    fault(FailureCause::ClientUnknown, "The app was forgotten meanwhile. Go back to it and start again.");

/// The member for whom a document is read.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The workspace that the member's session is in.
    pub workspace: WorkspaceId,
    /// The member.
    pub member: MemberId,
    /// The address that the member's browser calls from.
    pub ip: IpAddr,
}

/// The app whose `client_id` is this URL, as its document describes it now, in the member's workspace.
pub async fn client(
    auth: &Auth,
    documents: &Documents,
    client_id: &str,
    asked: Asked,
) -> Result<ClientRecord, OAuthError> {
    let workspace = asked.workspace;
    let setting = auth.base.db.query(move |conn| app_installs::policy(conn, workspace)).await?;
    if setting.client_documents == ClientDocuments::Off {
        return Err(OFF);
    }
    let url = url::check(client_id, documents.policy())?;
    let may_fetch = || limits::fetch_document(auth, asked.ip, asked.member);
    let columns = documents.get(&url, may_fetch).await?;
    let text = url.as_str().to_owned();
    let known = auth.base.db.query(move |conn| client_documents::find(conn, workspace, &text)).await?;
    let now = auth.base.now();
    let found = match known {
        Some((id, before)) if before == columns => {
            auth.base.db.query(move |conn| oauth_clients::find(conn, id, now)).await?
        }
        _ => {
            let reading = Reading { asked, url, columns };
            auth.base.db.write(move |tx| reading.store(tx)).await?
        }
    };
    found.ok_or(FORGOTTEN)
}

/// A document that was read, and is not what the workspace knows.
struct Reading {
    asked: Asked,
    url: WebhookUrl,
    columns: DocumentColumns,
}

impl Reading {
    fn store(self, tx: &mut Tx<'_>) -> Result<Option<ClientRecord>, OAuthError> {
        let workspace = self.asked.workspace;
        let now = tx.now();
        dialect::lock(tx, &format!("client documents of {workspace}"))?;
        let id = match client_documents::find(tx, workspace, self.url.as_str())? {
            Some((id, before)) => {
                self.change(tx, id, &before)?;
                id
            }
            None if client_documents::count(tx, workspace)? >= MAX_KNOWN => return Err(TOO_MANY),
            None => {
                let row = self.into_row(tx);
                oauth_apps::insert(tx, &row)?;
                row.id
            }
        };
        Ok(oauth_clients::find(tx, id, now)?)
    }

    /// Stores what the document says now. Of an app that is installed, the audit log tells what has changed.
    fn change(&self, tx: &mut Tx<'_>, id: OAuthAppId, before: &DocumentColumns) -> QueryResult<()> {
        let workspace = self.asked.workspace;
        client_documents::update(tx, id, &self.columns)?;
        tx.credentials_changed(workspace);
        if app_installs::status(tx, workspace, id)?.is_none() {
            return Ok(());
        }
        let name = &self.columns.name;
        let actor = Actor { kind: ActorKind::OAuthApp, id: Some(id.to_string()), name: name.clone() };
        let who = Who { workspace_id: workspace, actor, ip: None };
        let details = json!({ "client_id": self.url.as_str(), "before": shown(before),
            "after": shown(&self.columns) });
        audit::append(tx, &who, Change::of(AuditAction::OAuthAppUpdated, id.as_str(), name, details))
    }

    fn into_row(self, tx: &mut Tx<'_>) -> AppRow {
        let DocumentColumns { name, homepage_url, redirect_uris, scopes, grants } = self.columns;
        AppRow {
            id: tx.new_id(),
            workspace_id: self.asked.workspace,
            name,
            description: String::new(),
            homepage_url,
            logo: String::new(),
            kind: ClientKind::Public,
            redirect_uris,
            scopes,
            grants,
            suspended_at: None,
            created_at: tx.now(),
            created_by: self.asked.member,
            optional_scopes: Json::new(Vec::new()),
            // It acts where it is installed, and only there.
            distribution: Distribution::Public,
            publisher_name: self.url.authority(),
            client_id_url: Some(self.url.as_str().to_owned()),
            publisher_domain: String::new(),
        }
    }
}

/// A document's columns, as the audit log shows them.
fn shown(columns: &DocumentColumns) -> Value {
    json!({ "name": columns.name, "homepage_url": columns.homepage_url, "redirect_uris": columns.redirect_uris.0,
        "scopes": columns.scopes.0, "grants": columns.grants.0 })
}
