//! A public app that acts in several workspaces, its own among them. In each it does each operation on what it owns there, and for it
//! the objects of the others do not exist. An admin of one workspace reaches nothing of another's through the app. An operation that is
//! new in the document is in these walks by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::ownership::{all_scopes, objects, owned_operations};
use crate::harness::{Client, Fixture, Operation, Team, World, both, oauth::ThirdPartyApp, operations};

/// The app in a workspace.
struct Place {
    name: &'static str,
    team: Team,
    /// The app, acting for the workspace's admin.
    app: Client,
    /// A webhook of the app, a delivery to it, a recovery of it, and an old secret of it.
    owned: BTreeMap<&'static str, String>,
    /// The admin's consent.
    authorization: String,
    /// The install; none at home.
    install: Option<String>,
    /// The tokens that the app has for the admin.
    tokens: String,
    /// Tokens that ended because their code was used twice.
    incident: String,
}

impl Place {
    async fn of(world: &World, name: &'static str, team: Team, app: &ThirdPartyApp) -> Self {
        let client = world.bearer(&app.tokens(&team.admin).await.access);
        let owned = objects(&team, &client).await;
        let first = async |path: &str| -> Option<String> {
            let rows = team.admin.get(path).await.ok(200);
            rows["data"][0]["id"].as_str().map(str::to_owned)
        };
        let authorization = first("/v1/authorizations").await.unwrap();
        let install = first("/v1/app-installs").await;
        let code = app.code(&team.admin).await;
        app.redeem(&code).await.ok(200);
        app.redeem(&code).await.refused(400, "invalid_grant");
        let holder = install.as_ref().map_or_else(|| app.path.clone(), |id| format!("/v1/app-installs/{id}"));
        let tokens = first(&format!("{holder}/tokens")).await.unwrap();
        let activity = team.admin.get(&format!("{holder}/activity")).await.ok(200);
        let incident = activity["incidents"][0]["id"].as_str().unwrap().to_owned();
        Self { name, team, app: client, owned, authorization, install, tokens, incident }
    }

    /// A path with what of the app is this place's alone.
    fn within(&self, path: &str) -> String {
        let path = path.replace("{authorization_id}", &self.authorization);
        path.replace("{family_id}", &self.tokens).replace("{incident_id}", &self.incident)
    }
}

/// The publisher's workspace, and two that have installed its app.
async fn places(world: &World) -> (ThirdPartyApp, Vec<Place>) {
    let publisher = world.business().await;
    let fields = json!({ "distribution": "public", "publisher_name": "Acme", "scopes": all_scopes() });
    let app = ThirdPartyApp::with(world, &publisher, fields).await;
    let mut places = Vec::new();
    for (name, team) in
        [("home", publisher), ("one", world.business().await), ("another", world.business().await)]
    {
        places.push(Place::of(world, name, team, &app).await);
    }
    (app, places)
}

/// The operation's path on what the app owns in a place.
fn path(operation: &Operation, place: &Place) -> String {
    let noun = operation.path.trim_start_matches("/v1/").split('/').next().unwrap();
    operation.path.replace("{id}", &place.owned[noun]).replace("{secret_id}", &place.owned["secrets"])
}

async fn audited(places: &[Place]) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for place in places {
        all.push(place.team.audited().await);
    }
    all
}

#[both]
async fn an_app_does_each_operation_where_its_token_is_for_alone(world: World) {
    let fixture = Fixture::make(&world).await;
    let (_, places) = places(&world).await;
    let owned = owned_operations();
    let by_token: Vec<&Operation> = owned.iter().filter(|operation| operation.bearer.is_some()).collect();
    assert!(by_token.len() >= 15, "{}", by_token.len());
    let before = audited(&places).await;
    for caller in &places {
        for place in places.iter().filter(|place| place.name != caller.name) {
            for operation in &by_token {
                let reply =
                    operation.send(&caller.app, &path(operation, place), &fixture.body(operation)).await;
                assert_eq!(reply.status, 404, "{} from {} on {}'s", operation.id, caller.name, place.name);
            }
        }
        for (list, pointer) in
            [("webhooks", "/id"), ("deliveries", "/webhook/id"), ("recoveries", "/webhook_id")]
        {
            let page = caller.app.get(&format!("/v1/{list}?limit=200")).await.ok(200);
            let rows = page["data"].as_array().unwrap();
            let seen: BTreeSet<&str> =
                rows.iter().map(|row| row.pointer(pointer).unwrap().as_str().unwrap()).collect();
            assert_eq!(
                seen,
                BTreeSet::from([caller.owned["webhooks"].as_str()]),
                "{list} in {}",
                caller.name
            );
        }
    }
    assert_eq!(audited(&places).await, before, "something was changed all the same");
    // All of it is there at home.
    for place in &places {
        for operation in &by_token {
            let reply = operation.send(&place.app, &path(operation, place), &fixture.body(operation)).await;
            let refused = matches!(reply.status, 401 | 403 | 404) || reply.status >= 500;
            assert!(!refused, "{} in {}: {}", operation.id, place.name, reply.text);
        }
    }
}

/// The paths of an operation on objects of the app that are none of the caller's.
fn foreign(operation: &Operation, app: &ThirdPartyApp, caller: &Place, places: &[Place]) -> Vec<String> {
    let others = || places.iter().filter(|place| place.name != caller.name);
    let at = |id: &str| operation.path.replace("{id}", id);
    let is_within = ["{authorization_id}", "{family_id}", "{incident_id}"]
        .iter()
        .any(|parameter| operation.path.contains(parameter));
    if operation.path.starts_with("/v1/app-installs/{id}") {
        let their_installs =
            others().filter_map(|place| place.install.as_deref().map(|id| place.within(&at(id))));
        let own = caller.install.as_deref().filter(|_| is_within);
        let own = own.into_iter().flat_map(|id| others().map(move |place| place.within(&at(id))));
        return their_installs.chain(own).collect();
    }
    if operation.path.starts_with("/v1/authorizations/{id}") {
        return others().map(|place| at(&place.authorization)).collect();
    }
    if !operation.path.starts_with("/v1/oauth-apps/{id}") {
        return Vec::new();
    }
    // The app is its publisher's, but for what other workspaces have made of it.
    if caller.install.is_none() && !is_within {
        return Vec::new();
    }
    others().map(|place| place.within(&at(&app.id))).collect()
}

#[both]
async fn an_admin_reaches_nothing_of_another_workspace_through_an_app_of_both(world: World) {
    let fixture = Fixture::make(&world).await;
    let (app, places) = places(&world).await;
    let secret = places[0].team.admin.get(&app.path).await.ok(200)["secrets"][0]["id"].clone();
    let before = audited(&places).await;
    let mut walked = 0;
    for caller in &places {
        for operation in &operations() {
            for path in foreign(operation, &app, caller, &places) {
                let path = path.replace("{secret_id}", secret.as_str().unwrap());
                let body = fixture.body(operation);
                operation.send(&caller.team.admin, &path, &body).await.problem(404, "not-found");
                walked += 1;
            }
        }
    }
    assert!(walked >= 40, "{walked}");
    assert_eq!(audited(&places).await, before, "something was changed all the same");
    for place in &places {
        let session = place.app.get("/v1/session").await.ok(200);
        assert_eq!(session["workspace"]["id"], Value::from(place.team.id.as_str()), "{}", place.name);
    }
}
