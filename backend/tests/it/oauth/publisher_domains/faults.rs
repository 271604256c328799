//! Servers of domains that do not prove anything, hostile ones among them: each fault is told, and nothing that a server said.

use std::time::Duration;

use super::{AUTHORITY, Claimant, certified, server_at, state, text, typed};
use crate::harness::{
    Behaviour, Receiver, Settings, World, both,
    certificates::{Certificate, Validity},
};

/// Has the domain checked, and makes sure that the fault is told in these words.
async fn refused(world: &World, acme: &Claimant, words: &str) {
    let (verified, fault) = state(&acme.verify(world).await);
    let fault = fault.unwrap_or_default();
    assert!(!verified && fault.contains(words), "{words}: {fault}");
    assert!(!fault.contains("hush-hush"), "{fault}");
}

#[both(with = certified)]
async fn each_fault_of_an_answer_is_told(world: World) {
    let server = server_at(&world, "acme.example").await;
    let acme = Claimant::new(&world, "acme.example").await;
    let id = acme.app.id.clone();
    let large = format!("{id}\n{}", "#".repeat(64 * 1024));
    let binary = format!("{id}\n\u{0}");
    for (behaviour, words) in [
        (Behaviour::Answer(404, "hush-hush"), "acme.example has no such file (status 404)."),
        (Behaviour::Answer(500, "hush-hush"), "acme.example answered with status 500 instead of 200."),
        (Behaviour::Answer(204, ""), "status 204"),
        (
            Behaviour::with_header(302, "location: https://elsewhere.example/hush-hush"),
            "redirect (status 302)",
        ),
        (Behaviour::with_header(308, "location: /hush-hush"), "Redirects are not followed"),
        (typed("text/html", &format!("<pre>\n{id}\n</pre>hush-hush")), "not sent as text/plain"),
        (Behaviour::Answer(200, "hush-hush"), "not sent as text/plain"),
        (text(&large), "larger than the 64 KiB"),
        (text(&binary), "not text in UTF-8"),
        (text("app_01JDBN5X7W3Q9K2M4E6R8T0VYZ\nhush-hush"), "does not list app_"),
        (text(&format!("# {id}")), "does not list app_"),
        (text(""), "does not list app_"),
        (
            Behaviour::RawThenClose(format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 900\r\n\r\n{id}\n"
            )),
            "broke off",
        ),
        (Behaviour::Close, "acme.example broke the connection off."),
        (Behaviour::Reset, "acme.example broke the connection off."),
        (Behaviour::RawThenClose("hush-hush\r\n\r\n".to_owned()), "does not answer as HTTP has it"),
    ] {
        server.set(behaviour);
        refused(&world, &acme, words).await;
        assert_eq!(acme.team.audited().await[0], "oauth_app.domain_checked");
    }
    // The largest file that is read.
    server.set(text(&large[..64 * 1024]));
    assert!(state(&acme.verify(&world).await).0);
}

fn hurried(settings: &mut Settings) {
    certified(settings);
    settings.delivery_timeout = Duration::from_millis(600);
    settings.connect_timeout = Duration::from_millis(600);
}

#[both(with = hurried)]
async fn a_server_that_takes_its_time_is_not_waited_for(world: World) {
    let server = server_at(&world, "acme.example").await;
    let acme = Claimant::new(&world, "acme.example").await;
    let start = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";
    for (behaviour, words) in [
        (Behaviour::Hang, "did not answer in time"),
        (Behaviour::DripHead, "did not answer in time"),
        (
            Behaviour::Raw(format!("{start}content-length: 9000\r\n\r\n{}\n", acme.app.id)),
            "did not end in time",
        ),
        (Behaviour::EndlessHead, "does not answer as HTTP has it"),
        (Behaviour::EndlessBody, "not sent as text/plain"),
    ] {
        server.set(behaviour);
        refused(&world, &acme, words).await;
    }
}

#[both(with = hurried)]
async fn a_server_must_prove_that_it_is_the_domains_own(world: World) {
    let acme = Claimant::new(&world, "acme.example").await;
    for (certificate, words) in [
        (AUTHORITY.issue(&["acme.example"], Validity::Past), "certificate of acme.example has expired"),
        (AUTHORITY.issue(&["acme.example"], Validity::Future), "is not valid yet"),
        (AUTHORITY.issue(&["other.example"], Validity::Now), "is for another name"),
        (Certificate::self_signed(&["acme.example"]), "does not trust"),
    ] {
        let server = Receiver::https(text(&acme.app.id), &certificate).await;
        world.names().set_at("acme.example", server.address);
        refused(&world, &acme, words).await;
        assert_eq!(server.requests().len(), 0);
    }
    let plain = Receiver::http(text(&acme.app.id)).await;
    world.names().set_at("acme.example", plain.address);
    refused(&world, &acme, "No connection over TLS to acme.example").await;
    assert_eq!(plain.requests().len(), 0);
    drop(plain);
    refused(&world, &acme, "acme.example refuses connections on port 443.").await;
    let nowhere = Claimant::new(&world, "nowhere.example").await;
    refused(&world, &nowhere, "nowhere.example does not resolve to any address.").await;
}

fn strict(settings: &mut Settings) {
    certified(settings);
    settings.allowed_destinations = Vec::new();
}

#[both(with = strict)]
async fn a_domain_within_the_operators_network_is_not_looked_at(world: World) {
    let server = server_at(&world, "acme.example").await;
    for (domain, address, words) in [
        ("acme.example", None, "a loopback address"),
        ("inside.example", Some("10.1.2.3"), "a private network address"),
        ("metadata.example", Some("169.254.169.254"), "a cloud metadata service address"),
    ] {
        if let Some(address) = address {
            world.names().set(domain, vec![address.parse().unwrap()]);
        }
        let claimant = Claimant::new(&world, domain).await;
        server.set(text(&claimant.app.id));
        refused(&world, &claimant, words).await;
        let shown = claimant.shown().await.to_string();
        assert!(address.is_none_or(|address| !shown.contains(address)), "{shown}");
    }
    assert_eq!(server.connections(), 0);
}
