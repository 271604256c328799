//! What is printed holds no secret.

use crate::world::{env, sayless};
use sayless::Sayless;
use sayless::models::{NewWebhook, NewWebhookHeader};

#[tokio::test]
async fn no_secret_is_printed() {
    let (sayless, key) = (sayless(), env("SAYLESS_API_KEY"));
    let header = NewWebhookHeader::new("x-token").value("hidden-token");
    let new = NewWebhook::new("http://127.0.0.1:9/", ["ticket.*"]).headers([header]);
    let call = sayless.webhooks().create(&new);
    let printed = format!("{new:?} {call:?} {sayless:?} {:?}", Sayless::builder().api_key(key.as_str()));
    let made = call.await.unwrap();
    let secret = made.signing_secret.as_ref().unwrap().expose();
    assert!(secret.starts_with("whsec_"));
    let nowhere = Sayless::new("http://127.0.0.1:9", key.as_str()).unwrap();
    let error = nowhere.session().get().max_retries(0).await.unwrap_err();
    let printed = format!("{printed} {made:?} {error:?} {error}");
    for hidden in [key.as_str(), "hidden-token", secret] {
        assert!(!printed.contains(hidden), "{printed}");
    }
    sayless.webhooks().delete(&made.id).await.unwrap();
}
