//! Workspaces and their people: as an operator's commands make and change them, and signed in as a browser does it.

use std::sync::LazyLock;

use api_types::{
    account::{Plan, Role},
    ids::{MemberId, WorkspaceId},
};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use sayless::{
    db::{
        Hint, Tx, accounts,
        authorizations::{self, AuthorizationsOf},
        sessions,
    },
    http::problem::Failure,
    signals::nodes,
};
use serde_json::{Value, json};

use super::{Client, World};

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// A workspace with its people.
pub struct Team {
    /// The workspace.
    pub id: WorkspaceId,
    /// The admin's session.
    pub admin: Client,
    /// The member's session.
    pub member: Client,
}

impl Team {
    /// Creates an API key and answers with it, its secret included.
    pub async fn create_key(&self, scopes: &[&str]) -> Value {
        self.admin.post("/v1/api-keys", &json!({ "name": "A key", "scopes": scopes })).await.ok(201)
    }

    /// The admin as objects name who made or changed them.
    pub async fn admin_as_actor(&self) -> Value {
        let session = self.admin.get("/v1/session").await.ok(200);
        json!({ "type": "member", "id": session["member"]["id"], "name": self.admin.email })
    }

    /// The actions in the audit log, newest first.
    pub async fn audited(&self) -> Vec<String> {
        let log = self.admin.get("/v1/audit-log?limit=200").await.ok(200);
        let entries = log["data"].as_array().unwrap();
        entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    }
}

/// [`PASSWORD`], hashed with the least memory: a hash says by itself how costly its check is, and people sign in in every test.
fn cheap_hash() -> String {
    let params = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).unwrap().to_string()
}

impl World {
    /// A new workspace on `plan` with one admin and one member, both signed in.
    pub async fn team(&self, plan: Plan) -> Team {
        let id = self.app.base.new_id::<WorkspaceId>();
        let now = self.now();
        self.write(move |tx| Ok(accounts::insert_workspace(tx, id, "Acme", plan, now)?)).await;
        let admin = self.join(id, Role::Admin).await;
        let member = self.join(id, Role::Member).await;
        Team { id, admin, member }
    }

    /// A new workspace on the business plan.
    pub async fn business(&self) -> Team {
        self.team(Plan::Business).await
    }

    /// Adds a new member to a workspace and signs them in.
    pub async fn join(&self, workspace: WorkspaceId, role: Role) -> Client {
        static HASH: LazyLock<String> = LazyLock::new(cheap_hash);
        let id = self.app.base.new_id::<MemberId>();
        let now = self.now();
        let email = format!("{}@example.com", id.as_str().to_lowercase());
        let written = email.clone();
        self.write(move |tx| {
            accounts::insert_member(tx, id, &written, &HASH, now)?;
            Ok(accounts::insert_membership(tx, workspace, id, role, now)?)
        })
        .await;
        self.sign_in(&email).await
    }

    /// Signs a member in as a browser would.
    pub async fn sign_in(&self, email: &str) -> Client {
        let client = self.anyone();
        let reply = client.post("/v1/session", &json!({ "email": email, "password": PASSWORD })).await;
        let cookie = reply.header("set-cookie").unwrap_or_default().to_owned();
        reply.ok(200);
        client.with_header("cookie", cookie.split(';').next().unwrap()).of(email)
    }

    /// Makes a member of one workspace a member of another, too.
    pub async fn add_to(&self, workspace: WorkspaceId, member: &Client, role: Role) {
        let now = self.now();
        let email = member.email.clone();
        self.write(move |tx| {
            let id = member_id(tx, &email)?;
            Ok(accounts::insert_membership(tx, workspace, id, role, now)?)
        })
        .await;
    }

    /// Gives a member another role.
    pub async fn set_role(&self, workspace: WorkspaceId, member: &Client, role: Role) {
        let email = member.email.clone();
        self.as_operator(move |tx| {
            let id = member_id(tx, &email)?;
            accounts::set_role(tx, workspace, id, role)?;
            Ok(())
        })
        .await;
    }

    /// Takes a member out of a workspace, with the sessions and the authorizations that they have there.
    pub async fn remove_from(&self, workspace: WorkspaceId, member: &Client) {
        let now = self.now();
        let email = member.email.clone();
        self.as_operator(move |tx| {
            let id = member_id(tx, &email)?;
            authorizations::withdraw(tx, AuthorizationsOf::Member(workspace, id), None, now)?;
            sessions::delete_of_member(tx, id, Some(workspace))?;
            accounts::delete_membership(tx, workspace, id)?;
            Ok(())
        })
        .await;
    }

    /// Moves a workspace to another plan.
    pub async fn move_to(&self, workspace: WorkspaceId, plan: Plan) {
        self.as_operator(move |tx| {
            accounts::set_plan(tx, workspace, plan)?;
            Ok(())
        })
        .await;
    }

    /// Moves a workspace to another plan without a hint: this node learns of it when it next reads the database.
    pub async fn move_quietly_to(&self, workspace: WorkspaceId, plan: Plan) {
        self.write(move |tx| {
            accounts::set_plan(tx, workspace, plan)?;
            Ok(())
        })
        .await;
    }

    /// Takes a member out of a workspace as a command in a process of its own does: nothing on this node knows of it
    /// but what the other process tells all nodes.
    pub async fn remove_from_elsewhere(&self, workspace: WorkspaceId, member: &Client) {
        let email = member.email.clone();
        self.write(move |tx| {
            let id = member_id(tx, &email)?;
            sessions::delete_of_member(tx, id, Some(workspace))?;
            accounts::delete_membership(tx, workspace, id)?;
            Ok(())
        })
        .await;
        nodes::tell_of_credentials(self.database_url()).await;
    }

    /// Changes something about accounts, and hints to this node that credentials may have changed.
    async fn as_operator(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<(), Failure> + Send + 'static) {
        self.write(move |tx| {
            work(tx)?;
            tx.on_commit(Hint::CredentialsChanged { workspace: None });
            Ok(())
        })
        .await;
    }
}

fn member_id(tx: &mut Tx<'_>, email: &str) -> Result<MemberId, Failure> {
    let (id, _) = accounts::member_by_email(tx, email)?.unwrap();
    Ok(id)
}
