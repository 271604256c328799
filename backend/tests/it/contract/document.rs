//! The OpenAPI document itself: complete, and checked in as the server prints it.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::harness::{
    openapi::{document, printed, printed_3_0, resolve},
    operations,
};

#[test]
fn the_documents_that_are_checked_in_are_the_servers() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi");
    for (name, printed) in [("openapi.json", printed()), ("openapi-3.0.json", printed_3_0())] {
        let checked_in = fs::read_to_string(format!("{folder}/{name}")).unwrap();
        assert!(checked_in == printed, "openapi/{name} is old: cargo xtask sdk writes it anew");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_a_summary_and_a_permission() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        assert!(ids.insert(operation.id.clone()), "{} is the name of two operations", operation.id);
        let said = &operation.described;
        assert!(!said["summary"].as_str().unwrap_or_default().is_empty(), "{}", operation.id);
        assert!(
            said["description"].as_str().unwrap_or_default().contains("**Permission:** "),
            "{}",
            operation.id
        );
        assert_eq!(said["tags"].as_array().map(Vec::len), Some(1), "{}", operation.id);
        for parameter in said["parameters"].as_array().into_iter().flatten() {
            let description = parameter["description"].as_str().unwrap_or_default();
            assert!(!description.is_empty(), "{} {}", operation.id, parameter["name"]);
        }
        let statuses: Vec<&String> = said["responses"].as_object().unwrap().keys().collect();
        for status in ["429", "500", "503"] {
            assert!(statuses.iter().any(|known| *known == status), "{} {status}", operation.id);
        }
        // The recovery that is only counted is answered with another status.
        let successes = if operation.id == "createRecovery" { 2 } else { 1 };
        assert_eq!(
            statuses.iter().filter(|status| status.starts_with('2')).count(),
            successes,
            "{}",
            operation.id
        );
    }
}

#[test]
fn every_group_of_operations_is_described_and_used() {
    let groups: Vec<&str> =
        document()["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut used = BTreeSet::new();
    for item in document()["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let [tag] = operation["tags"].as_array().unwrap().as_slice() else { panic!("{operation}") };
            assert!(groups.contains(&tag.as_str().unwrap()), "{tag} is no group");
            used.insert(tag.as_str().unwrap());
        }
    }
    assert_eq!(used.len(), groups.len(), "a group is unused, or there twice: {groups:?}");
    assert_eq!((groups[0], groups[groups.len() - 1]), ("API keys", "OAuth protocol"));
}

#[test]
fn every_operation_says_who_may_call_it() {
    let mut public = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            let requirements = operation["security"].as_array().unwrap_or_else(|| panic!("{id} is silent"));
            let of = |scheme: &str| requirements.iter().find_map(|requirement| requirement.get(scheme));
            // An access token is a Bearer credential, but no key that an admin marked.
            let bearer = of("bearer").filter(|scopes| scopes[0] != "rotatable");
            assert_eq!(of("oauth2"), bearer, "{id}");
            let called_by_apps = path.starts_with("/oauth/") && path != "/oauth/authorize";
            assert_eq!(of("client").is_some(), called_by_apps, "{id}");
            if requirements.is_empty() {
                public.insert(id);
            }
        }
    }
    let expected = [
        "authorize",
        "authorizeByForm",
        "getApiProtectedResourceMetadata",
        "getAuthorizationServerMetadata",
        "getHealth",
        "getJwks",
        "getProblemType",
        "getProtectedResourceMetadata",
        "getReadiness",
        "listProblemTypes",
        "signIn",
    ];
    assert_eq!(public.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn what_only_the_console_can_use_is_marked() {
    let marked = operations().into_iter().filter(|operation| operation.described["x-audience"] == "console");
    let marked: BTreeSet<String> = marked.map(|operation| operation.id).collect();
    let expected = [
        "approveAuthorizationRequest",
        "createAuthorizationRequest",
        "denyAuthorizationRequest",
        "getAuthorizationRequest",
        "listAuthorizations",
        "requestAppInstall",
        "signIn",
        "signOut",
        "switchWorkspace",
        "withdrawAuthorization",
    ];
    assert_eq!(marked.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn every_page_refers_to_the_schema_of_its_items() {
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    let pages: Vec<_> = schemas.iter().filter(|(name, _)| name.starts_with("Page")).collect();
    for (name, page) in &pages {
        let item = name.strip_prefix("Page").unwrap();
        let expected = format!("#/components/schemas/{item}");
        assert_eq!(page["properties"]["data"]["items"]["$ref"], expected, "{name}");
        assert!(schemas.contains_key(item), "{item}");
    }
    assert!(pages.len() >= 12, "{pages:?}");
}

#[test]
fn every_form_of_the_oauth_endpoints_has_properties() {
    let mut forms = 0;
    for item in document()["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let body = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"];
            if body.is_null() {
                continue;
            }
            let form = resolve(&body["schema"]);
            assert_eq!(form["type"], "object", "{}", operation["operationId"]);
            assert!(form["properties"]["client_id"].is_object(), "{}", operation["operationId"]);
            // A device needs nothing but its app's credential, which may be in the header.
            let needs = form["required"].as_array().map_or(0, Vec::len);
            let needs_none = operation["operationId"] == "createDeviceAuthorization";
            assert_eq!(needs == 0, needs_none, "{}", operation["operationId"]);
            forms += 1;
        }
    }
    assert_eq!(forms, 6);
}

#[test]
fn every_body_and_answer_has_a_schema_with_an_example() {
    for operation in operations() {
        let body = operation.described.get("requestBody");
        let responses = operation.described["responses"].as_object().unwrap().iter();
        let successes = responses.filter(|(status, _)| status.starts_with('2'));
        let contents = body.into_iter().chain(successes.map(|(_, response)| response));
        for content in contents.filter_map(|said| said["content"].as_object()?.values().next()) {
            let mut seen = BTreeSet::new();
            assert!(has_example(content, &mut seen), "{} has no example: {content}", operation.id);
        }
    }
}

/// The words that an operation id may begin with: what the operation does.
const VERBS: &[&str] = &[
    "acknowledge",
    "adopt",
    "approve",
    "authorize",
    "cancel",
    "check",
    "continue",
    "create",
    "delete",
    "deny",
    "disable",
    "enable",
    "get",
    "introspect",
    "issue",
    "list",
    "pause",
    "preview",
    "publish",
    "refuse",
    "request",
    "resume",
    "retry",
    "revoke",
    "rotate",
    "send",
    "sign",
    "skip",
    "stream",
    "suspend",
    "switch",
    "test",
    "update",
    "verify",
    "withdraw",
];

#[test]
fn every_operation_id_is_a_verb_and_its_object_in_camel_case() {
    let mut ids = BTreeSet::new();
    for item in document()["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            let verb: String = id.chars().take_while(char::is_ascii_lowercase).collect();
            assert!(VERBS.contains(&verb.as_str()), "{id} does not begin with a verb");
            assert!(id.chars().all(|c| c.is_ascii_alphanumeric()), "{id} is not in camel case");
            assert!(ids.insert(id), "{id} is the name of two operations");
        }
    }
    assert!(ids.len() >= 69, "{}", ids.len());
}

/// Looks for an example anywhere in the parts of a schema.
fn has_example(value: &Value, seen: &mut BTreeSet<String>) -> bool {
    if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        return seen.insert(reference.to_owned()) && has_example(resolve(value), seen);
    }
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            matches!(name.as_str(), "example" | "examples" | "enum") || has_example(value, seen)
        }),
        Value::Array(values) => values.iter().any(|value| has_example(value, seen)),
        _ => false,
    }
}

#[test]
fn nothing_in_the_document_refers_to_what_is_not_there() {
    fn walk(value: &Value, count: &mut usize) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert!(document().pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            *count += 1;
        }
        match value {
            Value::Object(fields) => fields.values().for_each(|value| walk(value, count)),
            Value::Array(values) => values.iter().for_each(|value| walk(value, count)),
            _ => {}
        }
    }
    let mut count = 0;
    walk(document(), &mut count);
    assert!(count > 300, "{count}");
}

#[test]
fn every_answer_declares_the_headers_that_it_may_have() {
    for operation in operations() {
        for (status, answer) in operation.described["responses"].as_object().unwrap() {
            let answer = resolve(answer);
            let mut expected = vec!["x-request-id", "ratelimit", "ratelimit-policy"];
            match status.as_str() {
                "201" => expected.push("location"),
                "429" | "503" => expected.push("retry-after"),
                _ => {}
            }
            for name in expected {
                let header = resolve(&answer["headers"][name]);
                assert!(header["schema"].is_object(), "{} {status} {name}", operation.id);
                assert!(header["description"].is_string(), "{} {status} {name}", operation.id);
            }
        }
    }
}
