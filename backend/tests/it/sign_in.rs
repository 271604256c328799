//! Attempts to sign in: guessing is slow, nobody is locked out by strangers, and what is refused costs nothing.

use futures_util::future::join_all;
use sayless::base::Settings;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Reply, World, both};

/// This machine is a proxy, so that tests may come from any address.
fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

fn from(world: &World, address: &str) -> Client {
    world.anyone().with_header("x-forwarded-for", address)
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Reply {
    client.post("/v1/session", &json!({ "email": email, "password": password })).await
}

async fn guess(client: &Client, email: &str) -> u16 {
    sign_in(client, email, "a wrong guess").await.status
}

/// The cookie by which the device is known from now on.
fn device(reply: &Reply) -> String {
    let cookies = reply.headers()["set-cookie"].clone();
    let start = cookies.find("sayless-device-").unwrap();
    cookies[start..].split(';').next().unwrap().to_owned()
}

#[both]
async fn an_address_longer_than_any_is_refused_before_it_is_counted(world: World) {
    let team = world.business().await;
    let long = format!("{}@example.com", "x".repeat(243));
    for _ in 0..150 {
        let named = sign_in(&world.anyone(), &long, PASSWORD).await.fields(422, "validation");
        assert_eq!(named, ["email"]);
    }
    sign_in(&world.anyone(), &long[1..], PASSWORD).await.problem(401, "invalid-sign-in");
    sign_in(&world.anyone(), &format!("  {} ", team.admin.email.to_uppercase()), PASSWORD).await.ok(200);
}

#[both]
async fn right_passwords_are_no_attack(world: World) {
    let team = world.business().await;
    for _ in 0..120 {
        sign_in(&world.anyone(), &team.admin.email, PASSWORD).await.ok(200);
    }
    for _ in 0..10 {
        assert_eq!(guess(&world.anyone(), &team.admin.email).await, 401);
    }
    assert_eq!(guess(&world.anyone(), &team.admin.email).await, 429);
}

#[both(with = behind_a_proxy)]
async fn strangers_with_many_networks_lock_no_owner_out(world: World) {
    let team = world.business().await;
    let email = &team.admin.email;
    let home = from(&world, "198.51.100.1");
    let known = device(&sign_in(&home, email, PASSWORD).await);
    let others = device(&sign_in(&from(&world, "198.51.100.2"), &team.member.email, PASSWORD).await);
    for network in 0..10 {
        let stranger = from(&world, &format!("2001:db8:0:{network}::1"));
        for guessed in 0..10 {
            // Another address of the same network is the same stranger.
            let address = format!("2001:db8:0:{network}::{guessed}");
            assert_eq!(guess(&from(&world, &address), email).await, 401);
        }
        assert_eq!(guess(&stranger, email).await, 429);
    }
    let elsewhere = from(&world, "192.0.2.7");
    let refused = sign_in(&elsewhere, email, PASSWORD).await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(429, "rate-limited");
    // The owner comes from where they were, or with what they had; nobody else's device helps, nor a forged one.
    sign_in(&home, email, PASSWORD).await.ok(200);
    let forged = known.replace('=', "=x");
    for cookie in [&others, &forged] {
        assert_eq!(sign_in(&elsewhere.with_header("cookie", cookie), email, PASSWORD).await.status, 429);
    }
    let on_the_device = elsewhere.with_header("cookie", &known);
    let again = sign_in(&on_the_device, email, PASSWORD).await;
    let id = |cookie: &str| cookie.split('.').next().unwrap().to_owned();
    assert_eq!(id(&device(&again)), id(&known));
    again.ok(200);
    // A stolen device guesses no faster than anybody, and only for its own account.
    for _ in 0..10 {
        assert_eq!(guess(&on_the_device, email).await, 401);
    }
    assert_eq!(guess(&on_the_device, email).await, 429);
    sign_in(&home, email, PASSWORD).await.ok(200);
}

#[both(with = behind_a_proxy)]
async fn a_device_is_hidden_from_scripts_and_forgotten_in_half_a_year(world: World) {
    let team = world.business().await;
    let email = &team.admin.email;
    let reply = sign_in(&from(&world, "198.51.100.1"), email, PASSWORD).await;
    let cookies = reply.headers()["set-cookie"].clone();
    assert_eq!(cookies.matches("HttpOnly; SameSite=Lax; Path=/").count(), 2, "{cookies}");
    assert!(cookies.contains("Max-Age=15552000"), "{cookies}");
    // Another server on another port of this host keeps cookies of its own.
    let port = world.url.rsplit_once(':').unwrap().1;
    for name in ["sayless", "sayless-device"] {
        assert!(cookies.contains(&format!("{name}-{port}=")), "{cookies}");
    }
    let known = device(&reply);
    world.advance(180 * 86_400);
    for network in 0..10 {
        for _ in 0..10 {
            guess(&from(&world, &format!("203.0.113.{network}")), email).await;
        }
    }
    let old = from(&world, "192.0.2.7").with_header("cookie", &known);
    assert_eq!(sign_in(&old, email, PASSWORD).await.status, 429);
}

#[both(with = behind_a_proxy)]
async fn those_who_come_when_too_many_wait_are_told_to_come_back(world: World) {
    let team = world.business().await;
    let mut refused = 0;
    // A busy machine may bring the 180 one after the other: then 180 others come.
    for round in 0..20 {
        let guesses = (0..180).map(|number| {
            let client = from(&world, &format!("203.0.{round}.{number}"));
            let email = format!("{number}-{round}@example.com");
            async move { sign_in(&client, &email, "a wrong guess").await }
        });
        for reply in join_all(guesses).await {
            if reply.status == 503 {
                refused += 1;
                assert_eq!(reply.header("retry-after"), Some("2"));
                let problem: Value = reply.problem(503, "unavailable");
                assert!(problem["detail"].as_str().unwrap().contains("signing in"), "{problem}");
            } else {
                reply.problem(401, "invalid-sign-in");
            }
        }
        if refused > 0 {
            break;
        }
    }
    assert!(refused > 0, "180 at once found a place each");
    // An attempt that was not looked at was no guess.
    sign_in(&from(&world, "203.0.113.1"), &team.admin.email, PASSWORD).await.ok(200);
}
