//! A webhook is given a new URL, and then disabled, and the key that owns another is revoked, while many deliveries wait for
//! their turn: once the change is answered, no request begins that knows nothing of it. On PostgreSQL another process delivers
//! as well.

use super::promises::Chaos;
use super::publisher::Publisher;
use crate::api::Api;
use crate::database::Kind;
use crate::receiver::{Mood, Receiver};
use crate::world::World;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::time::Duration;

const FAULT: &str = "disable under load";
/// An answer takes this long, in milliseconds: far more deliveries wait than can be under way.
const SLOW_BY: u64 = 1_000;
/// The time within which a request that was on the wire is noted by the receiver.
const ON_THE_WIRE: Duration = Duration::from_millis(100);

/// A way in which a webhook loses what it was sent to.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Redirect,
    Disable,
    /// The key that owns the webhook is revoked.
    Revoke,
}

pub async fn run(chaos: &mut Chaos<'_>, kind: Kind) -> Result<()> {
    let world = World::new(chaos.site, kind, "disable").await?;
    let _other = if kind == Kind::Postgres { Some(world.worker("other")?) } else { None };
    let receiver = Receiver::start(chaos.site.clock, 3)?;
    let webhook = world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let path = format!("/v1/webhooks/{}", webhook.first().context("no webhook was made")?);
    let mut said = Vec::new();
    for (change, hook) in [(Change::Redirect, 0), (Change::Disable, 1), (Change::Revoke, 2)] {
        let owner = if change == Change::Revoke {
            Some(key_with_webhook(&world, &receiver, hook).await?)
        } else {
            None
        };
        receiver.set(hook, Mood::Slow(SLOW_BY));
        let pause = Duration::from_millis(5);
        let publisher = Publisher::start(&world.driver, world.server.address, &world.keys[0], 8, pause);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let what = match change {
            Change::Redirect => {
                world.admin.patch(&path, &json!({ "url": receiver.url(1) })).await?;
                "given a new URL"
            }
            Change::Disable => {
                world.admin.post(&format!("{path}/disable"), &Value::Null).await?;
                "disabled"
            }
            Change::Revoke => {
                let revoke = format!("/v1/api-keys/{}/revoke", owner.unwrap_or_default());
                world.admin.post(&revoke, &json!({})).await?;
                "its revoked key's"
            }
        };
        tokio::time::sleep(ON_THE_WIRE).await;
        let before = receiver.requests(hook);
        publisher.stop().await?;
        tokio::time::sleep(Duration::from_millis(3 * SLOW_BY)).await;
        let late = receiver.requests(hook) - before;
        said.push(format!("{what} after {before} requests, {late} came later"));
        chaos.expect(before > 0, FAULT, kind, "nothing was sent before: the test proves nothing");
        chaos.expect(late == 0, FAULT, kind, &format!("requests went to a webhook that was {what}"));
    }
    chaos.expect(receiver.requests(1) > 0, FAULT, kind, "nothing was sent to the new URL");
    chaos.report(FAULT, kind, &said.join("; "));
    Ok(())
}

/// A key that has made a webhook for this hook; the key's id.
async fn key_with_webhook(world: &World, receiver: &Receiver, hook: usize) -> Result<String> {
    let key = json!({ "name": "owner", "scopes": ["webhooks:write", "tickets:read"] });
    let key = world.admin.post("/v1/api-keys", &key).await?;
    let secret = key["key"].as_str().context("no key was made")?;
    let webhook = json!({ "url": receiver.url(hook), "event_types": ["ticket.*"] });
    Api::new(world.server.address).with_key(secret).post("/v1/webhooks", &webhook).await?;
    Ok(key["id"].as_str().context("no key was made")?.to_owned())
}
