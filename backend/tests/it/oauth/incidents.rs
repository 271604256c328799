//! Incidents: what is known of both uses, which of them look like the client's own retry, and their acknowledgement.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Reply, Settings, Team, World, both,
    oauth::{ThirdPartyApp, Tokens},
};

fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

const HERE: &str = "203.0.113.9";
const ELSEWHERE: &str = "198.51.100.4";

/// The incidents of an app, newest first.
async fn incidents(team: &Team, app: &ThirdPartyApp) -> Vec<Value> {
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    activity["incidents"].as_array().unwrap().clone()
}

/// Uses a refresh token, and its access token, from `first`; and the same refresh token again from `second` after so many seconds.
async fn use_twice(world: &World, team: &Team, [first, second]: [&ThirdPartyApp; 2], seconds: u64) {
    let tokens = first.tokens(&team.member).await;
    let next = Tokens::of(&first.refresh(&tokens.refresh).await.ok(200));
    world.bearer(&next.access).get("/v1/tickets").await.ok(200);
    world.advance(seconds);
    second.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    world.bearer(&next.access).get("/v1/tickets").await.problem(401, "invalid-credential");
}

async fn acknowledge(team: &Team, app: &ThirdPartyApp, incident: &Value, body: &Value) -> Reply {
    let path = format!("{}/incidents/{}/acknowledge", app.path, incident["id"].as_str().unwrap());
    team.admin.post(&path, body).await
}

/// The number of an app's incidents that nobody has acknowledged, as the app and the list of apps say.
async fn open(team: &Team, app: &ThirdPartyApp) -> [i64; 2] {
    let own = team.admin.get(&app.path).await.ok(200)["open_incidents"].as_i64().unwrap();
    let listed = team.admin.get("/v1/oauth-apps").await.ok(200);
    let listed = listed["data"].as_array().unwrap().iter().find(|row| row["id"] == app.id).unwrap().clone();
    [own, listed["open_incidents"].as_i64().unwrap()]
}

/// An app with one incident.
async fn copied(world: &World, team: &Team) -> (ThirdPartyApp, Value) {
    let app = ThirdPartyApp::new(world, team, &["tickets:read"]).await;
    let code = app.code(&team.member).await;
    app.redeem(&code).await.ok(200);
    app.redeem(&code).await.refused(400, "invalid_grant");
    let incident = incidents(team, &app).await[0].clone();
    (app, incident)
}

#[both(with = behind_a_proxy)]
async fn a_clients_own_retry_is_told_apart_from_a_copy(world: World) {
    let team = world.business().await;
    for app in [
        ThirdPartyApp::new(&world, &team, &["tickets:read"]).await,
        ThirdPartyApp::public(&world, &team).await,
    ] {
        let (here, elsewhere) = (app.at(HERE), app.at(ELSEWHERE));
        for (second, ip, seconds, likely) in [
            (&here, HERE, 3, "retry"),
            (&here, HERE, 60, "retry"),
            (&here, HERE, 61, "copy"),
            (&elsewhere, ELSEWHERE, 3, "copy"),
            (&elsewhere, ELSEWHERE, 3_600, "copy"),
        ] {
            use_twice(&world, &team, [&here, second], seconds).await;
            let incident = &incidents(&team, &app).await[0];
            assert_eq!(incident["likely"], likely, "{seconds} s: {incident}");
            assert_eq!(incident["kind"], "refresh_token_reused");
            assert_eq!(incident["seconds_between"], seconds);
            assert_eq!((&incident["first_ip"], &incident["ip"]), (&json!(HERE), &json!(ip)));
            let log = team.admin.get("/v1/audit-log?action=oauth_token.reused&limit=1").await.ok(200);
            assert_eq!(log["data"][0]["details"]["likely"], likely);
        }
    }
}

#[both(with = behind_a_proxy)]
async fn a_code_that_is_used_twice_is_told_apart_too(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await.at(HERE);
    for (second, likely) in [(app.at(HERE), "retry"), (app.at(ELSEWHERE), "copy")] {
        let code = app.code(&team.member).await;
        app.redeem(&code).await.ok(200);
        world.advance(2);
        second.redeem(&code).await.refused(400, "invalid_grant");
        let incident = &incidents(&team, &app).await[0];
        assert_eq!((&incident["kind"], &incident["likely"]), (&json!("code_reused"), &json!(likely)));
        assert_eq!((&incident["first_ip"], &incident["seconds_between"]), (&json!(HERE), &json!(2)));
    }
}

#[both(with = behind_a_proxy)]
async fn another_secret_or_a_token_of_long_ago_is_a_copy(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await.at(HERE);
    let rotated =
        team.admin.post(&format!("{}/secrets", app.path), &json!({ "overlap": "24h" })).await.ok(201);
    let renewed = app.with_secret(&rotated["client_secret"]);
    use_twice(&world, &team, [&app, &renewed], 3).await;
    assert_eq!(incidents(&team, &app).await[0]["likely"], "copy");
    // A token whose successor was replaced, too: the time of its first use is not known any more.
    let first = app.tokens(&team.member).await;
    let second = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
    let third = Tokens::of(&app.refresh(&second.refresh).await.ok(200));
    world.bearer(&third.access).get("/v1/tickets").await.ok(200);
    app.refresh(&first.refresh).await.refused(400, "invalid_grant");
    let incident = &incidents(&team, &app).await[0];
    assert_eq!((&incident["likely"], &incident["ip"]), (&json!("copy"), &json!(HERE)));
    for unknown in ["first_used_at", "first_ip", "seconds_between"] {
        assert_eq!(incident[unknown], Value::Null, "{unknown}");
    }
}

/// A node of the version before wrote no addresses.
#[both]
async fn nothing_is_guessed_of_a_first_use_that_was_not_kept(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = app.code(&team.member).await;
    app.redeem(&code).await.ok(200);
    world.execute("UPDATE token_families SET created_ip = NULL, rotated_ip = NULL").await.unwrap();
    app.redeem(&code).await.refused(400, "invalid_grant");
    let incident = &incidents(&team, &app).await[0];
    assert_eq!((&incident["likely"], &incident["first_ip"]), (&Value::Null, &Value::Null));
    assert_eq!((&incident["seconds_between"], &incident["ip"]), (&json!(0), &json!("127.0.0.1")));
}

#[both]
async fn an_incident_is_acknowledged_with_a_note_that_may_be_replaced(world: World) {
    let team = world.business().await;
    let (app, incident) = copied(&world, &team).await;
    for open in ["acknowledged_at", "acknowledged_by", "note"] {
        assert_eq!(incident[open], Value::Null, "{open}");
    }
    assert_eq!(open(&team, &app).await, [1, 1]);
    world.advance(60);
    let answer =
        acknowledge(&team, &app, &incident, &json!({ "note": "Their developer knows." })).await.ok(200);
    assert_eq!(open(&team, &app).await, [0, 0]);
    assert_eq!(answer["acknowledged_at"], world.now().to_string());
    assert_eq!(answer["acknowledged_by"]["email"], team.admin.email);
    assert_eq!(answer["note"], "Their developer knows.");
    assert_eq!(incidents(&team, &app).await[0], answer);
    for kept in ["id", "kind", "likely", "occurred_at", "member"] {
        assert_eq!(answer[kept], incident[kept], "{kept}");
    }
    let log = team.admin.get("/v1/audit-log?action=oauth_incident.acknowledged").await.ok(200);
    let entry = &log["data"][0];
    assert_eq!((&entry["object_id"], &entry["object_name"]), (&json!(app.id), &json!("Acme Dashboards")));
    assert_eq!(entry["details"]["note"], "Their developer knows.");
    assert_eq!(entry["details"]["token_family"], incident["id"]);
    // Without a body there is no note. The later acknowledgement stands.
    let path = format!("{}/incidents/{}/acknowledge", app.path, incident["id"].as_str().unwrap());
    world.advance(60);
    let other = world.join(team.id, api_types::account::Role::Admin).await;
    let again = other.send(Method::POST, &path, "", "").await.ok(200);
    assert_eq!((&again["note"], &again["acknowledged_by"]["email"]), (&Value::Null, &json!(other.email)));
    assert_eq!(again["acknowledged_at"], world.now().to_string());
    // The tokens stay ended.
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["refresh_tokens"], 0);
}

#[both]
async fn a_note_has_a_length_and_no_secret(world: World) {
    let team = world.business().await;
    let (app, incident) = copied(&world, &team).await;
    let long = |length: usize| json!({ "note": "x".repeat(length) });
    acknowledge(&team, &app, &incident, &long(500)).await.ok(200);
    let before = team.audited().await;
    let named = acknowledge(&team, &app, &incident, &long(501)).await.fields(422, "validation");
    assert_eq!(named, ["note"]);
    assert_eq!(team.audited().await, before);
    let secret = app.secret.clone().unwrap();
    let pasted = acknowledge(&team, &app, &incident, &json!({ "note": format!("It was {secret}.") })).await;
    let problem = pasted.problem(422, "secret-in-text");
    assert!(!problem.to_string().contains(&secret));
    assert_eq!(team.audited().await[0], "secret.paste_refused");
    assert!(!world.oauth_rows().await.contains(&secret));
}

#[both]
async fn only_an_incident_of_the_workspace_and_of_the_app_is_acknowledged(world: World) {
    let team = world.business().await;
    let (app, incident) = copied(&world, &team).await;
    let (other, _) = copied(&world, &team).await;
    acknowledge(&team, &other, &incident, &json!({})).await.problem(404, "not-found");
    // A family that works is no incident.
    app.tokens(&team.member).await;
    let live = team.admin.get(&format!("{}/tokens", app.path)).await.ok(200)["data"][0].clone();
    acknowledge(&team, &app, &live, &json!({})).await.problem(404, "not-found");
    let stranger = world.business().await;
    acknowledge(&stranger, &app, &incident, &json!({})).await.problem(404, "not-found");
    let (theirs, _) = copied(&world, &stranger).await;
    acknowledge(&stranger, &theirs, &incident, &json!({})).await.problem(404, "not-found");
    assert_eq!(incidents(&team, &app).await, [incident]);
}

#[both]
async fn an_incident_of_an_installed_app_is_acknowledged_where_it_acted(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let app = ThirdPartyApp::with(
        &world,
        &publisher,
        json!({ "distribution": "public", "publisher_name": "Acme Ltd" }),
    )
    .await;
    // An admin who allows it installs it.
    let code = app.code(&team.admin).await;
    app.redeem(&code).await.ok(200);
    app.redeem(&code).await.refused(400, "invalid_grant");
    let install = team.admin.get("/v1/app-installs").await.ok(200)["data"][0]["id"].clone();
    let install = format!("/v1/app-installs/{}", install.as_str().unwrap());
    let found = async || team.admin.get(&format!("{install}/activity")).await.ok(200)["incidents"][0].clone();
    let incident = found().await;
    assert_eq!(incident["likely"], "retry");
    let id = incident["id"].as_str().unwrap();
    let path = format!("{install}/incidents/{id}/acknowledge");
    let body = json!({ "note": "Asked Acme Ltd." });
    // The publisher neither sees it nor acknowledges it.
    assert_eq!(open(&publisher, &app).await, [0, 0]);
    publisher.admin.post(&path, &body).await.problem(404, "not-found");
    let own = format!("{}/incidents/{id}/acknowledge", app.path);
    publisher.admin.post(&own, &body).await.problem(404, "not-found");
    let answer = team.admin.post(&path, &body).await.ok(200);
    assert_eq!((&answer["note"], found().await), (&json!("Asked Acme Ltd."), answer.clone()));
    assert_eq!(team.audited().await[0], "oauth_incident.acknowledged");
    assert!(!publisher.audited().await.contains(&"oauth_incident.acknowledged".to_owned()));
}
