//! The addresses that deliveries come from, as the operator named them.

use serde_json::json;

use crate::harness::{Kind, World, both};

#[both]
async fn nothing_is_said_where_the_operator_has_not_said(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["webhooks:read"]).await;
    assert_eq!(key.get("/v1/delivery-addresses").await.ok(200), json!({ "data": [], "next_cursor": null }));
}

#[actix_web::test]
async fn the_operators_addresses_are_listed_as_firewalls_take_them() {
    let world = World::start_with(Kind::Sqlite, |settings| {
        let named = ["203.0.113.7/32", "198.51.100.0/24", "2001:db8::1/128"];
        settings.delivery_addresses = named.map(|range| range.parse().unwrap()).to_vec();
    });
    let team = world.business().await;
    let listed = team.admin.get("/v1/delivery-addresses").await.ok(200);
    let expected =
        ["203.0.113.7", "198.51.100.0/24", "2001:db8::1"].map(|address| json!({ "address": address }));
    assert_eq!(listed["data"], json!(expected));
}
