//! The operator's commands: workspaces and members. Each prints an id, or nothing.

use std::io::Read;

use api_types::{
    account::{Plan, Role},
    audit::AuditAction,
    deliveries::CancelReason,
    ids::{MemberId, WorkspaceId},
};
use serde_json::{Value, json};

use super::{CommandError, build, loopback};
use crate::{
    app::{App, Settings},
    config::{Database, MemberCommand, SigningKeyCommand, WhichMember, WorkspaceCommand},
    crypto::passwords,
    db::{
        Tx, accounts,
        audit::{self, Change, Who},
        authorizations::{self, Whose},
        deliveries, sessions,
    },
    new_id,
    oauth::signing_keys,
    plan,
    problem::Failure,
    wake::{Hint, nodes},
};

fn open(database: &Database) -> Result<App, CommandError> {
    build(database, Settings::new(loopback()?))
}

/// Runs one write transaction to its end.
fn write<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, Failure> + Send + 'static,
) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(app.db.write(work))?)
}

/// Has running nodes look credentials up again: whoever lost something is to lose it now.
fn tell_nodes(database: &Database) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(nodes::tell_of_credentials(&database.database_url));
    Ok(())
}

/// `sayless workspace …`
pub fn workspace(command: WorkspaceCommand) -> Result<(), CommandError> {
    match command {
        WorkspaceCommand::Create { name, plan, database } => {
            let app = open(&database)?;
            let id = create_workspace(&app, &name, plan)?;
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
    let mut fields = crate::fields::Fields::new();
    let name = fields.name("name", name, 100);
    fields.done()?;
    let (id, inner) = (new_id!(app, WorkspaceId), app.clone());
    write(app, move |tx| {
        accounts::insert_workspace(tx, id, &name, plan, inner.clock.now())?;
        let change = Change {
            action: AuditAction::WorkspaceCreated,
            object_id: Some(id.as_str()),
            object_name: &name,
            details: json!({ "plan": plan }),
        };
        audit::append(tx, &inner, &Who::operator(id), change)?;
        Ok(id)
    })
}

fn set_plan(app: &App, id: WorkspaceId, plan: Plan) -> Result<(), CommandError> {
    let inner = app.clone();
    write(app, move |tx| {
        let before = accounts::workspace(tx, id)?.ok_or_else(|| Failure::not_found("workspace"))?;
        accounts::set_plan(tx, id, plan)?;
        let canceled = if plan::limits(plan).api_access {
            0
        } else {
            deliveries::cancel_waiting(
                tx,
                deliveries::Whose::Workspace(id),
                CancelReason::Plan,
                inner.clock.now(),
            )?
        };
        let change = Change {
            action: AuditAction::WorkspacePlanChanged,
            object_id: Some(id.as_str()),
            object_name: &before.name,
            details: json!({ "before": before.plan, "after": plan, "canceled_deliveries": canceled }),
        };
        audit::append(tx, &inner, &Who::operator(id), change)?;
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
        MemberCommand::SetRole { which, role } => change(&which, move |tx, _, member| {
            let before = accounts::role(tx, member.workspace, member.id)?;
            accounts::set_role(tx, member.workspace, member.id, role)?;
            sessions::delete_of_member(tx, member.id, Some(member.workspace))?;
            Ok((AuditAction::MemberRoleChanged, json!({ "before": before, "after": role })))
        }),
        MemberCommand::SetPassword { which, password_stdin: _ } => {
            let password = read_password()?;
            change(&which, move |tx, app, member| {
                accounts::set_password(tx, member.id, &hash(app, &password)?)?;
                sessions::delete_of_member(tx, member.id, None)?;
                Ok((AuditAction::MemberPasswordChanged, json!({})))
            })
        }
        MemberCommand::Remove { which } => change(&which, |tx, app, member| {
            sessions::delete_of_member(tx, member.id, Some(member.workspace))?;
            // Who comes back one day does not come back with apps that they let in long ago.
            authorizations::withdraw(tx, Whose::Member(member.workspace, member.id), None, app.clock.now())?;
            accounts::delete_membership(tx, member.workspace, member.id)?;
            Ok((AuditAction::MemberRemoved, json!({})))
        }),
    }
}

/// `sayless signing-key …`: running nodes find the new key as soon as they meet it, or within a minute.
pub fn signing_key(command: &SigningKeyCommand) -> Result<(), CommandError> {
    let SigningKeyCommand::Rotate(database) = command;
    let app = open(database)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(signing_keys::rotate(&app))?)
}

/// A member of a workspace whom a command is about.
struct Subject {
    workspace: WorkspaceId,
    id: MemberId,
    email: String,
}

fn add(app: &App, which: &WhichMember, role: Role, password: Option<&str>) -> Result<MemberId, CommandError> {
    let (workspace, email) = (which.workspace, normal_email(&which.email)?);
    let hash = password.map(|password| hash(app, password)).transpose()?;
    let inner = app.clone();
    write(app, move |tx| {
        accounts::workspace(tx, workspace)?.ok_or_else(|| Failure::not_found("workspace"))?;
        let now = inner.clock.now();
        let id = if let Some((id, _)) = accounts::member_by_email(tx, &email)? {
            id
        } else {
            let hash = hash
                .ok_or_else(|| Failure::field("password", "A new member needs one: use --password-stdin."))?;
            let id = new_id!(inner, MemberId);
            accounts::insert_member(tx, id, &email, &hash, now)?;
            id
        };
        if accounts::role(tx, workspace, id)?.is_some() {
            return Err(Failure::conflict(format!("{email} is already a member of this workspace.")));
        }
        accounts::insert_membership(tx, workspace, id, role, now)?;
        let member = Subject { workspace, id, email };
        record(tx, &inner, &member, (AuditAction::MemberAdded, json!({ "role": role })))?;
        Ok(id)
    })
}

/// Changes a member of a workspace and records it.
fn change(
    which: &WhichMember,
    work: impl FnOnce(&mut Tx<'_>, &App, &Subject) -> Result<(AuditAction, Value), Failure> + Send + 'static,
) -> Result<(), CommandError> {
    let app = open(&which.database)?;
    let (workspace, email, inner) = (which.workspace, normal_email(&which.email)?, app.clone());
    write(&app, move |tx| {
        let nobody = || Failure::not_found("member");
        let (id, _) = accounts::member_by_email(tx, &email)?.ok_or_else(nobody)?;
        accounts::role(tx, workspace, id)?.ok_or_else(nobody)?;
        let member = Subject { workspace, id, email };
        let done = work(tx, &inner, &member)?;
        record(tx, &inner, &member, done)
    })?;
    tell_nodes(&which.database)
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    member: &Subject,
    (action, details): (AuditAction, Value),
) -> Result<(), Failure> {
    let change = Change { action, object_id: Some(member.id.as_str()), object_name: &member.email, details };
    audit::append(tx, app, &Who::operator(member.workspace), change)?;
    tx.on_commit(Hint::CredentialsChanged);
    Ok(())
}

fn hash(app: &App, password: &str) -> Result<String, Failure> {
    if password.chars().count() < passwords::MIN_LEN || password.len() > passwords::MAX_LEN {
        return Err(Failure::field(
            "password",
            format!(
                "It must have {} characters or more, and at most {} bytes.",
                passwords::MIN_LEN,
                passwords::MAX_LEN
            ),
        ));
    }
    passwords::hash(password, app.chance.bytes())
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
