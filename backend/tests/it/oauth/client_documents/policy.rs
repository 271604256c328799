//! Each workspace decides by itself whether such apps may ask, and who lets them in.

use serde_json::json;

use super::{Documented, decide, give, installs, shown, status, team};
use crate::harness::{
    World, both,
    oauth::{Tokens, approve, parameter},
};

#[both]
async fn documents_are_off_until_an_admin_switches_them_on(world: World) {
    let team = world.business().await;
    let robot = Documented::new(&world).await;
    for person in [&team.member, &team.admin] {
        let page = robot.app.authorize(person, &[]).await;
        assert!(page.text.contains("An admin can switch that on"), "{}", page.text);
        page.shows_page("invalid_client");
    }
    assert_eq!((robot.fetches(), world.rows_of("oauth_apps").await), (0, 0));
    let on = team.admin.patch("/v1/app-policy", &json!({ "client_documents": "on" })).await.ok(200);
    assert_eq!(on, json!({ "policy": "ask", "client_documents": "on" }));
    let open = team.admin.patch("/v1/app-policy", &json!({ "policy": "open" })).await.ok(200);
    assert_eq!(open, json!({ "policy": "open", "client_documents": "on" }));
    let tokens = robot.app.tokens(&team.member).await;
    let other = Documented::new(&world).await;
    let waiting = other.app.question(&team.member).await;
    // Off again, installed apps keep what they have, and nobody is asked any more.
    team.admin.patch("/v1/app-policy", &json!({ "client_documents": "off" })).await.ok(200);
    robot.app.authorize(&team.admin, &[]).await.shows_page("invalid_client");
    assert_eq!(shown(&team.member, &waiting).await["admission"], "not_listed");
    give(&team.member, &waiting, "approve").await.problem(409, "conflict");
    assert_eq!(status(&world, &tokens.access).await, 200);
    assert_eq!(robot.app.refresh(&tokens.refresh).await.status, 200);
    let wrong = team.admin.patch("/v1/app-policy", &json!({ "client_documents": "perhaps" })).await;
    assert_eq!(wrong.fields(422, "validation"), ["client_documents"]);
    team.member
        .patch("/v1/app-policy", &json!({ "client_documents": "on" }))
        .await
        .problem(403, "admin-required");
}

#[both]
async fn such_an_app_is_asked_for_approved_paused_and_removed_like_others(world: World) {
    let team = team(&world, "ask").await;
    let robot = Documented::new(&world).await;
    let id = robot.app.question(&team.member).await;
    assert_eq!(shown(&team.member, &id).await["admission"], "ask");
    give(&team.member, &id, "approve").await.problem(409, "conflict");
    assert_eq!(give(&team.member, &id, "install").await.ok(200)["admission"], "waiting");
    assert_eq!(installs(&team).await[0]["status"], "requested");
    decide(&team, "approve").await;
    let location = approve(&team.member, &id).await;
    let tokens = Tokens::of(&robot.app.redeem(&parameter(&location, "code").unwrap()).await.ok(200));
    assert_eq!(status(&world, &tokens.access).await, 200);
    decide(&team, "pause").await;
    assert_eq!(status(&world, &tokens.access).await, 401);
    robot.app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    decide(&team, "resume").await;
    assert_eq!(status(&world, &tokens.access).await, 200);
    let tokens = Tokens::of(&robot.app.refresh(&tokens.refresh).await.ok(200));
    let install = installs(&team).await[0]["id"].as_str().unwrap().to_owned();
    team.admin.delete(&format!("/v1/app-installs/{install}")).await.ok(204);
    assert_eq!(status(&world, &tokens.access).await, 401);
    robot.app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    let id = robot.app.question(&team.member).await;
    assert_eq!(shown(&team.member, &id).await["admission"], "ask");
}

#[both]
async fn an_admin_alone_lets_one_in_where_the_policy_is_a_list(world: World) {
    let team = team(&world, "list").await;
    let robot = Documented::new(&world).await;
    let id = robot.app.question(&team.member).await;
    assert_eq!(shown(&team.member, &id).await["admission"], "not_listed");
    give(&team.member, &id, "approve").await.problem(409, "conflict");
    give(&team.member, &id, "install").await.problem(409, "conflict");
    robot.app.tokens(&team.admin).await;
    let id = robot.app.question(&team.member).await;
    assert_eq!(shown(&team.member, &id).await["admission"], "admitted");
    assert_eq!(robot.fetches(), 1);
}

#[both]
async fn the_same_document_is_another_app_in_each_workspace(world: World) {
    let (one, two) = (team(&world, "open").await, team(&world, "open").await);
    let robot = Documented::new(&world).await;
    let tokens = [robot.app.tokens(&one.member).await, robot.app.tokens(&two.member).await];
    let (of_one, of_two) = (installs(&one).await, installs(&two).await);
    assert_eq!((of_one.len(), of_two.len()), (1, 1));
    assert_ne!(of_one[0]["app"]["id"], of_two[0]["app"]["id"]);
    let foreign = format!("/v1/app-installs/{}", of_two[0]["id"].as_str().unwrap());
    one.admin.get(&foreign).await.problem(404, "not-found");
    one.admin.delete(&foreign).await.problem(404, "not-found");
    // A question of one workspace is nobody's in the other.
    let asked = robot.app.question_with(&one.member, &[("prompt", "consent")]).await;
    two.member.get(&format!("/v1/authorization-requests/{asked}")).await.problem(404, "not-found");
    decide(&one, "pause").await;
    assert_eq!(status(&world, &tokens[0].access).await, 401);
    assert_eq!(status(&world, &tokens[1].access).await, 200);
    assert_eq!(robot.app.refresh(&tokens[1].refresh).await.status, 200);
    // Where nobody switched it on, the app of others opens nothing.
    let third = world.business().await;
    robot.app.authorize(&third.member, &[]).await.shows_page("invalid_client");
}
