//! The operator's commands: workspaces, members and signing keys. Each prints an id, or nothing.

use std::io::Read;

use api_types::{
    account::{Plan, Role},
    audit::AuditAction,
    deliveries::CancelReason,
    ids::{MemberId, WorkspaceId},
    problem::FaultCode,
};
use serde_json::{Value, json};

use super::{
    error::CommandError,
    node::{build, loopback},
};
use crate::{
    app::App,
    base::Settings,
    config::{Database, MemberCommand, SigningKeyCommand, WhichMember, WorkspaceCommand},
    crypto::passwords,
    db::{
        Hint, Tx, accounts,
        audit::{self, Change, Who},
        authorizations::AuthorizationsOf,
        deliveries, sessions,
    },
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

fn open(database: &Database) -> Result<App, CommandError> {
    build(database, Settings::new(loopback()?))
}

fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
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
            tell_nodes(&database)
        }
    }
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
    write(app, move |tx| -> Answer<()> {
        let before = accounts::workspace(tx, id)?.ok_or_else(|| Failure::not_found("workspace"))?;
        accounts::set_plan(tx, id, plan)?;
        let canceled = if plan::limits(plan).api_access {
            0
        } else {
            let now = tx.now();
            deliveries::cancel_waiting(tx, deliveries::CancelScope::Workspace(id), CancelReason::Plan, now)?
        };
        let details = json!({ "before": before.plan, "after": plan, "canceled_deliveries": canceled });
        let change = Change::of(AuditAction::WorkspacePlanChanged, id.as_str(), &before.name, details);
        audit::append(tx, &Who::operator(id), change)?;
        tx.on_commit(Hint::CredentialsChanged);
        Ok(())
    })
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
            withdraw::withdraw(tx, &Who::operator(member.workspace), whose, None)?;
            accounts::delete_membership(tx, member.workspace, member.id)?;
            member.record(tx, AuditAction::MemberRemoved, json!({}))
        }),
    }
}

/// `sayless signing-key …`: running nodes find the new key as soon as they meet it, or within a minute.
pub fn signing_key(command: &SigningKeyCommand) -> Result<(), CommandError> {
    let SigningKeyCommand::Rotate(database) = command;
    let app = open(database)?;
    Ok(runtime()?.block_on(app.auth.signing_keys.rotate(&app.base))?)
}

/// The member of a workspace whom a command is about.
struct Subject {
    workspace: WorkspaceId,
    id: MemberId,
    email: String,
}

impl Subject {
    /// Notes in the audit log what the operator did to the member.
    fn record(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.id.as_str(), &self.email, details);
        audit::append(tx, &Who::operator(self.workspace), change)?;
        tx.on_commit(Hint::CredentialsChanged);
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
        let member = Subject { workspace, id, email };
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
    write(&app, move |tx| -> Answer<()> {
        let nobody = || Failure::not_found("member");
        let (id, _) = accounts::member_by_email(tx, &email)?.ok_or_else(nobody)?;
        accounts::role(tx, workspace, id)?.ok_or_else(nobody)?;
        work(tx, &Subject { workspace, id, email })
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
    if whole && email.len() <= 254 && !email.contains(char::is_whitespace) {
        return Ok(email);
    }
    Err(CommandError::new(format!("{email:?} is no e-mail address")))
}

fn read_password() -> Result<String, CommandError> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
