//! The operator's commands about workspaces and members. Each prints an id, or nothing.

use std::{io::Read, sync::Arc};

use api_types::{
    account::{MAX_EMAIL, Plan, Role},
    audit::AuditAction,
    ids::{MemberId, OAuthAppId, WorkspaceId},
    problem::FaultCode,
};
use serde_json::{Value, json};

use super::{
    error::CommandError,
    node::{build, loopback, runtime},
};
use crate::{
    app::App,
    base::Settings,
    config::{Database, MemberCommand, WhichMember, WorkspaceCommand},
    crypto::passwords,
    db::{
        Tx, accounts,
        audit::{self, Change, Who},
        authorizations::AuthorizationsOf,
        deliveries::cancel::{Canceled, is_due_for_plan},
        sessions,
    },
    delivery::{self, Publisher, SETTLED_AFTER, cancel},
    http::{
        fields::Fields,
        names,
        problem::{Answer, Failure},
    },
    oauth::withdraw,
    plan,
    random::Random,
    signals::nodes,
};

const MAX_WORKSPACE_NAME: usize = 100;

pub(super) fn open(database: &Database) -> Result<App, CommandError> {
    build(database, Settings::new(loopback()?))
}

/// Runs one write transaction to its end.
fn write<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Tx<'_>) -> Answer<T> + Send + 'static,
) -> Result<T, CommandError> {
    Ok(runtime()?.block_on(app.base.db.write(work))?)
}

/// Has running nodes look credentials up again, so that a member who lost something loses it now.
fn tell_nodes(database: &Database) -> Result<(), CommandError> {
    runtime()?.block_on(nodes::tell_of_credentials(&database.database_url));
    Ok(())
}

/// `sayless workspace …`
pub fn workspace(command: WorkspaceCommand) -> Result<(), CommandError> {
    match command {
        WorkspaceCommand::Create { name, plan, database } => {
            let id = create_workspace(&open(&database)?, &name, plan)?;
            println!("{id}");
            Ok(())
        }
        WorkspaceCommand::SetPlan { id, plan, database } => {
            set_plan(&open(&database)?, id, plan)?;
            tell_nodes(&database)?;
            // For a workspace that lost the API.
            settle()
        }
    }
}

/// Waits until no node sends any more what the change has stopped.
fn settle() -> Result<(), CommandError> {
    runtime()?.block_on(async { tokio::time::sleep(SETTLED_AFTER).await });
    Ok(())
}

fn create_workspace(app: &App, name: &str, plan: Plan) -> Result<WorkspaceId, CommandError> {
    let mut fields = Fields::new();
    let name = fields.name("name", name, MAX_WORKSPACE_NAME);
    fields.done()?;
    write(app, move |tx| -> Answer<WorkspaceId> {
        let id: WorkspaceId = tx.new_id();
        let now = tx.now();
        accounts::insert_workspace(tx, id, &name, plan, now)?;
        let change = Change::of(AuditAction::WorkspaceCreated, id.as_str(), &name, json!({ "plan": plan }));
        audit::append(tx, &Who::operator(id), change)?;
        Ok(id)
    })
}

fn set_plan(app: &App, id: WorkspaceId, plan: Plan) -> Result<(), CommandError> {
    // Deliveries that an earlier move to a plan without the API was to cancel must not be sent under the new plan.
    cancel_due(app, id)?;
    write(app, move |tx| -> Answer<()> {
        let before = accounts::workspace(tx, id)?.ok_or_else(|| Failure::not_found("workspace"))?;
        let allows = |plan| plan::limits(plan).api_access;
        if allows(plan) && !allows(before.plan) && is_due_for_plan(tx, id)? {
            return Err(Failure::conflict(
                "What waited when the plan before began is still being canceled. Try again in a moment.",
            ));
        }
        accounts::set_plan(tx, id, plan)?;
        let canceled =
            if allows(plan) { Canceled { count: 0, more: false } } else { cancel::of_workspace(tx, id)? };
        let details = json!({ "before": before.plan, "after": plan, "canceled_deliveries": canceled.count,
            "more_to_cancel": canceled.more });
        let change = Change::of(AuditAction::WorkspacePlanChanged, id.as_str(), &before.name, details);
        audit::append(tx, &Who::operator(id), change)?;
        tx.credentials_changed(id);
        Ok(())
    })?;
    cancel_due(app, id)
}

/// Cancels what is due to be canceled of a workspace, in steps.
fn cancel_due(app: &App, id: WorkspaceId) -> Result<(), CommandError> {
    Ok(runtime()?.block_on(cancel::all_of(&app.base, Some(id))).map_err(Failure::from)?)
}

/// `sayless member …`
pub fn member(command: MemberCommand) -> Result<(), CommandError> {
    match command {
        MemberCommand::Add { which, role, password_stdin } => {
            let app = open(&which.database)?;
            let password = if password_stdin { Some(read_password()?) } else { None };
            let id = add(&app, &which, role, password.as_deref())?;
            println!("{id}");
            Ok(())
        }
        MemberCommand::SetRole { which, role } => change(&which, move |tx, member| -> Answer<()> {
            let before = accounts::role(tx, member.workspace, member.id)?;
            accounts::set_role(tx, member.workspace, member.id, role)?;
            sessions::delete_of_member(tx, member.id, Some(member.workspace))?;
            let details = json!({ "before": before, "after": role });
            member.record(tx, AuditAction::MemberRoleChanged, details)
        }),
        MemberCommand::SetPassword { which, password_stdin: _ } => {
            let password = read_password()?;
            change(&which, move |tx, member| -> Answer<()> {
                let hash = hash(tx.random(), &password)?;
                accounts::set_password(tx, member.id, &hash)?;
                sessions::delete_of_member(tx, member.id, None)?;
                member.record(tx, AuditAction::MemberPasswordChanged, json!({}))
            })
        }
        MemberCommand::Remove { which } => change(&which, |tx, member| -> Answer<()> {
            sessions::delete_of_member(tx, member.id, Some(member.workspace))?;
            // A member who comes back one day does not come back with apps that they let in long ago.
            let whose = AuthorizationsOf::Member(member.workspace, member.id);
            let who = Who::operator(member.workspace);
            let end_owner = |tx: &mut Tx<'_>, app: OAuthAppId| {
                delivery::end_owner(tx, &member.publisher, &who, app.as_str())
            };
            withdraw::withdraw(tx, &who, whose, None, end_owner)?;
            accounts::delete_membership(tx, member.workspace, member.id)?;
            member.record(tx, AuditAction::MemberRemoved, json!({}))
        })
        .and_then(|()| settle()),
    }
}

/// The member of a workspace whom a command is about.
struct Subject {
    workspace: WorkspaceId,
    id: MemberId,
    email: String,
    publisher: Arc<Publisher>,
}

impl Subject {
    /// Notes in the audit log what the operator did to the member.
    fn record(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.id.as_str(), &self.email, details);
        audit::append(tx, &Who::operator(self.workspace), change)?;
        tx.credentials_changed(self.workspace);
        Ok(())
    }
}

fn add(app: &App, which: &WhichMember, role: Role, password: Option<&str>) -> Result<MemberId, CommandError> {
    let workspace = which.workspace;
    let email = normal_email(&which.email)?;
    if let Some(fault) = names::fault(&email) {
        return Err(CommandError::new(format!("{email:?} is no e-mail address. {fault}")));
    }
    let hash = password.map(|password| hash(&app.base.random, password)).transpose()?;
    let publisher = app.delivery.publisher.clone();
    write(app, move |tx| -> Answer<MemberId> {
        accounts::workspace(tx, workspace)?.ok_or_else(|| Failure::not_found("workspace"))?;
        let now = tx.now();
        let id = if let Some((id, _)) = accounts::member_by_email(tx, &email)? {
            id
        } else {
            let hash = hash.ok_or_else(|| {
                let detail = "A new member needs one: use --password-stdin.";
                Failure::field("password", FaultCode::Required, detail)
            })?;
            let id = tx.new_id();
            accounts::insert_member(tx, id, &email, &hash, now)?;
            id
        };
        if accounts::role(tx, workspace, id)?.is_some() {
            return Err(Failure::conflict(format!("{email} is already a member of this workspace.")));
        }
        accounts::insert_membership(tx, workspace, id, role, now)?;
        let member = Subject { workspace, id, email, publisher };
        member.record(tx, AuditAction::MemberAdded, json!({ "role": role }))?;
        Ok(id)
    })
}

/// Changes a member of a workspace; `work` records the change.
fn change(
    which: &WhichMember,
    work: impl FnOnce(&mut Tx<'_>, &Subject) -> Answer<()> + Send + 'static,
) -> Result<(), CommandError> {
    let app = open(&which.database)?;
    let workspace = which.workspace;
    let email = normal_email(&which.email)?;
    let publisher = app.delivery.publisher.clone();
    write(&app, move |tx| -> Answer<()> {
        let nobody = || Failure::not_found("member");
        let (id, _) = accounts::member_by_email(tx, &email)?.ok_or_else(nobody)?;
        accounts::role(tx, workspace, id)?.ok_or_else(nobody)?;
        work(tx, &Subject { workspace, id, email, publisher })
    })?;
    tell_nodes(&which.database)
}

fn hash(random: &Random, password: &str) -> Answer<String> {
    if password.chars().count() < passwords::MIN_LEN || password.len() > passwords::MAX_LEN {
        return Err(Failure::field(
            "password",
            FaultCode::OutOfRange,
            format!(
                "It must have {} characters or more, and at most {} bytes.",
                passwords::MIN_LEN,
                passwords::MAX_LEN
            ),
        ));
    }
    passwords::hash(password, random.bytes())
        .ok_or_else(|| Failure::internal(&"a password could not be hashed"))
}

/// An e-mail address in lower case; just enough of a check to catch a slip.
fn normal_email(email: &str) -> Result<String, CommandError> {
    let email = email.trim().to_lowercase();
    let whole = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') || host == "localhost");
    if whole && email.len() <= MAX_EMAIL && !email.contains(char::is_whitespace) {
        return Ok(email);
    }
    Err(CommandError::new(format!("{email:?} is no e-mail address")))
}

fn read_password() -> Result<String, CommandError> {
    let mut password = String::new();
    let read = std::io::stdin().read_to_string(&mut password);
    read.map_err(CommandError::of("the password cannot be read from standard input"))?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
