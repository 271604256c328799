//! The event catalogue as it is served.

use api_types::events::EventType;
use serde_json::{Value, json};

use crate::harness::{World, both};

#[both]
async fn the_catalogue_lists_every_type_on_one_page(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["webhooks:read"]).await;
    let page = key.get("/v1/event-types").await.ok(200);
    assert_eq!(page["next_cursor"], Value::Null);
    let types: Vec<&str> =
        page["data"].as_array().unwrap().iter().map(|info| info["type"].as_str().unwrap()).collect();
    assert_eq!(types, EventType::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
    for info in page["data"].as_array().unwrap() {
        assert!(jsonschema::is_valid(&info["schema"], &info["example"]), "{info}");
        assert!(!jsonschema::is_valid(&info["schema"], &json!([])), "{info}");
    }
    assert_eq!(team.admin.get("/v1/event-types").await.ok(200), page);
    team.member.get("/v1/event-types").await.problem(403, "admin-required");
    let other = world.key(&team, &["webhooks:write"]).await;
    let problem = other.get("/v1/event-types").await.problem(403, "insufficient-scope");
    assert!(problem["detail"].as_str().unwrap().contains("webhooks:read"));
}
