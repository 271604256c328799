//! Recoveries as an integrator uses them: deliveries that were missed, counted and set going again.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Integrator, World, eventually};

impl Integrator {
    /// Makes a webhook that was disabled while so many events were published, so that it missed them.
    pub async fn missed(&self, url: &str, count: usize) -> String {
        let webhook = self.webhook(url, &["ticket.*"]).await;
        self.disable(&webhook).await;
        for _ in 0..count {
            self.publish().await;
        }
        self.enable(&webhook).await;
        webhook
    }

    /// Counts what a recovery would recover.
    pub async fn count(&self, filter: Value) -> Value {
        let mut body = filter;
        body["dry_run"] = json!(true);
        self.key.post("/v1/recoveries", &body).await.ok(200)
    }

    /// Starts a recovery and gives its path.
    pub async fn recover(&self, body: Value) -> String {
        let made = self.key.post("/v1/recoveries", &body).await.ok(202);
        format!("/v1/recoveries/{}", made["id"].as_str().unwrap())
    }

    /// A recovery once it has set so many deliveries going.
    pub async fn once_started(&self, path: &str, started: u64) -> Value {
        let mut last = Value::Null;
        eventually(&format!("{path} has started {started}"), async || {
            last = self.key.get(path).await.ok(200);
            last["started"].as_u64() >= Some(started)
        })
        .await;
        assert_eq!(last["started"], started, "{last}");
        last
    }

    /// A recovery once it is done, the clock moving on by a tenth of a second at a time.
    pub async fn once_done(&self, world: &World, path: &str) -> Value {
        let mut last = Value::Null;
        eventually(&format!("{path} is done"), async || {
            world.advance_by(Duration::from_millis(100));
            last = self.key.get(path).await.ok(200);
            last["status"] == "done"
        })
        .await;
        last
    }
}
