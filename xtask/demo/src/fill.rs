//! A believable workspace: what an admin would have set up, and what its people have written since.

use crate::api::Api;
use crate::receivers::Ports;
use anyhow::{Context as _, Result};
use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// Sets up a workspace with an admin's session. Returns the key that the demo's own systems call with.
pub fn workspace(admin: &Api, ports: &Ports) -> Result<String> {
    let key = keys(admin)?;
    oauth_apps(admin)?;
    webhooks(admin, ports)?;
    Ok(key)
}

fn keys(admin: &Api) -> Result<String> {
    let in_a_month = (Utc::now() + TimeDelta::days(30)).to_rfc3339_opts(SecondsFormat::Secs, true);
    admin.post("/v1/api-keys", &json!({ "name": "Warehouse screen", "scopes": ["tickets:read"] }))?;
    admin.post(
        "/v1/api-keys",
        &json!({
            "name": "Billing service",
            "scopes": ["tickets:read", "events:write"],
            "allowed_ips": ["10.20.0.0/16", "2001:db8:20::/48"],
        }),
    )?;
    admin.post(
        "/v1/api-keys",
        &json!({ "name": "Status page (trial)", "scopes": ["broadcasts:read"], "expires_at": in_a_month }),
    )?;
    let old = json!({ "name": "Import script 2025", "scopes": ["tickets:read", "tickets:write"] });
    let old = admin.post("/v1/api-keys", &old)?;
    admin.post(&format!("/v1/api-keys/{}/revoke", id(&old)?), &json!({ "reason": "The import is done." }))?;
    let shipper = json!({ "name": "Log archive", "scopes": ["audit:read"], "rotatable": true });
    admin.post("/v1/api-keys", &shipper)?;
    let scopes = ["tickets:read", "tickets:write", "broadcasts:write", "events:write", "deliveries:read"];
    let busy = admin.post("/v1/api-keys", &json!({ "name": "Shop integration", "scopes": scopes }))?;
    Ok(busy["key"].as_str().context("a new key came without its secret")?.to_owned())
}

fn oauth_apps(admin: &Api) -> Result<()> {
    let callback = "https://shifts.example.com/oauth/callback";
    let planner = admin.post(
        "/v1/oauth-apps",
        &json!({
            "name": "Shift Planner",
            "description": "Plans who answers tickets, from how many are open.",
            "homepage_url": "https://shifts.example.com",
            "redirect_uris": [callback],
            "scopes": ["tickets:read"],
            "kind": "confidential",
        }),
    )?;
    admin.allow(id(&planner)?, callback)?;
    admin.post(
        "/v1/oauth-apps",
        &json!({
            "name": "Sayless on the desk",
            "description": "The command line at the front desk.",
            "redirect_uris": ["http://127.0.0.1/callback"],
            "scopes": ["tickets:read", "tickets:write"],
            "kind": "public",
        }),
    )?;
    Ok(())
}

fn webhooks(admin: &Api, ports: &Ports) -> Result<()> {
    let Ports { healthy, failing, untrusted, refusing } = ports;
    let webhook = |url: String, description: &str, event_types: &[&str]| {
        let body = json!({ "url": url, "description": description, "event_types": event_types });
        admin.post("/v1/webhooks", &body).map(drop)
    };
    webhook(format!("http://127.0.0.1:{healthy}/crm"), "Customer records", &["ticket.*", "comment.created"])?;
    webhook(format!("http://127.0.0.1:{failing}/reports"), "Weekly reports", &["ticket.*"])?;
    webhook(format!("https://127.0.0.1:{untrusted}/chat"), "Team chat", &["broadcast.*", "ticket.closed"])?;
    webhook(format!("http://127.0.0.1:{refusing}/phone"), "Phone system (being moved)", &["ticket.created"])
}

/// Writes tickets as people would, with an integration's key.
pub fn tickets(api: &Api) -> Result<()> {
    for (title, body, comment) in [
        (
            "Two parcels instead of three",
            "Order 10412 came without the lamp.",
            "The third parcel is on its way; it was held at the depot.",
        ),
        (
            "Invoice in the wrong name",
            "Please put the company's name on invoice 2026-1187.",
            "Corrected; the new invoice is in your inbox.",
        ),
        (
            "Password link has expired",
            "The link in the e-mail says that it is no longer valid.",
            "They are valid for one hour. Here is how to ask for a new one.",
        ),
        (
            "Can I change the delivery address?",
            "I moved on Friday. The order is 10431.",
            "Changed, since it had not left the warehouse.",
        ),
    ] {
        let ticket = api.post("/v1/tickets", &json!({ "title": title, "body": body }))?;
        api.post(&format!("/v1/tickets/{}/comments", id(&ticket)?), &json!({ "body": comment }))?;
    }
    let first = api.post(
        "/v1/tickets",
        &json!({ "title": "Lamp flickers", "body": "It does so when the heating switches on." }),
    )?;
    let first = id(&first)?;
    let note = json!({ "body": "Third report about this batch: tell purchasing." });
    api.post(&format!("/v1/tickets/{first}/notes"), &note)?;
    api.patch(&format!("/v1/tickets/{first}"), &json!({ "status": "closed" }))?;
    let subject = "Deliveries are late on Thursday";
    let body = "The harbour road is closed from 6 to 14 h. Parcels of that day come on Friday.";
    let broadcast = api.post("/v1/broadcasts", &json!({ "subject": subject, "body": body }))?;
    api.post(&format!("/v1/broadcasts/{}/send", id(&broadcast)?), &json!({}))?;
    Ok(())
}

/// The id of what an answer describes.
pub fn id(answer: &Value) -> Result<&str> {
    answer["id"].as_str().with_context(|| format!("an answer has no id: {answer}"))
}
