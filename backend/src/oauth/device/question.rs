//! The question that a member gets by a user code: the same as for `/oauth/authorize`, but that a device waits for the answer.

use api_types::problem::FaultCode;

use crate::{
    crypto,
    db::{
        Tx, accounts,
        authorization_requests::{self as requests, RequestRow},
        device_authorizations::{self as devices, DeviceRow},
        oauth_clients::{self, ClientRecord},
    },
    http::problem::{Answer, Failure},
    oauth::{admission, consent::question::Answerer},
};

/// The refusal of a code that leads nowhere for this member. One for an app of another workspace is told apart from none by nothing.
fn wrong() -> Failure {
    Failure::field(
        "user_code",
        FaultCode::NotFound,
        "There is no such code, or it is over. Look at the code on your device, or have the device show a new one.",
    )
}

/// Asks a member what the device with this user code waits for; answers with the question's id. `user_code` is the code's digests. In one
/// session it is the same question each time.
pub fn ask(tx: &mut Tx<'_>, user_code: &[String], answerer: &Answerer) -> Answer<String> {
    let now = tx.now();
    let device = devices::lock_by_user_code(tx, user_code, now)?.ok_or_else(wrong)?;
    let client = oauth_clients::find(tx, device.app_id, now)?.ok_or_else(wrong)?;
    let workspace = admission::place(&client, answerer.workspace);
    accounts::role(tx, workspace, answerer.member.id)?.ok_or_else(wrong)?;
    let mut open = requests::of_device(tx, &device.digest, now)?.into_iter();
    if let Some(same) = open.find(|row| row.session_digest.as_ref() == Some(&answerer.session)) {
        return Ok(same.id);
    }
    let question = question(tx, device, &client, answerer);
    requests::insert(tx, &question)?;
    Ok(question.id)
}

fn question(tx: &Tx<'_>, device: DeviceRow, client: &ClientRecord, answerer: &Answerer) -> RequestRow {
    let random = || crypto::text(&tx.random().bytes::<32>());
    RequestRow {
        id: random(),
        app_id: client.id,
        workspace_id: client.workspace.id,
        session_digest: Some(answerer.session.clone()),
        // A browser without a cookie is known by the session alone.
        browser_digest: answerer.browsers.first().cloned().unwrap_or_else(random),
        redirect_uri: String::new(),
        state: None,
        scopes: device.scopes,
        code_challenge: String::new(),
        expires_at: device.expires_at,
        resource: device.resource,
        pushed_digest: None,
        ask_again: true,
        stale_session: None,
        login_hint: None,
        device_digest: Some(device.digest),
    }
}
