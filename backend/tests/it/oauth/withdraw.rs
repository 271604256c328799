//! Withdrawing consents: by an admin, with the app, or with the member who gave them. Each consent that ends leaves an entry of
//! its own in the audit log, whichever way it ended.

use api_types::account::Role;
use serde_json::{Value, json};

use crate::harness::{Team, World, both, oauth::ThirdPartyApp};

/// The entries about withdrawn consents, newest first.
async fn withdrawals(team: &Team) -> Vec<Value> {
    let log = team.admin.get("/v1/audit-log?action=authorization.withdrawn").await.ok(200);
    log["data"].as_array().unwrap().clone()
}

#[both]
async fn consents_that_end_with_their_app_leave_an_entry_each(world: World) {
    let team = world.business().await;
    let third = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let another = world.join(team.id, Role::Member).await;
    for member in [&team.member, &another] {
        third.code(member).await;
    }
    team.admin.delete(&third.path).await.ok(204);
    let entries = withdrawals(&team).await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    for entry in &entries {
        assert_eq!(entry["object_id"], json!(third.id), "{entry}");
        assert_eq!(entry["details"]["scopes"], json!(["tickets:read"]), "{entry}");
    }
    assert_eq!(team.audited().await[0], "oauth_app.deleted");
}

#[both]
async fn consents_that_end_with_a_membership_leave_an_entry_each(world: World) {
    let team = world.business().await;
    let first = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let second = ThirdPartyApp::new(&world, &team, &["tickets:write"]).await;
    let tokens = first.tokens(&team.member).await;
    second.code(&team.member).await;
    let workspace = team.id.to_string();
    world.operate(&["member", "remove", "--workspace", &workspace, "--email", &team.member.email]);
    let entries = withdrawals(&team).await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    for entry in &entries {
        assert_eq!(entry["actor"]["type"], "operator", "{entry}");
        assert_eq!(entry["details"]["member"], json!(team.member.email), "{entry}");
    }
    assert_eq!(team.audited().await[0], "member.removed");
    // The running node believes what it looked up for a second at most.
    world.advance(2);
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
}
