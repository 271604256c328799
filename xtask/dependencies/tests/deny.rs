//! The project's own `deny.toml` against packages that it must refuse, and one that it must let pass.

use dependencies::{Findings, check};
use serde_json::{Value, json};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Judges a project of one private member, and one package from outside that differs from a good one as told.
fn judge(other: &Value) -> Findings {
    let mut package = json!({
        "id": "other", "name": "other", "version": "1.0.0", "license": "MIT OR GPL-3.0-only", "source": CRATES_IO,
        "dependencies": [], "publish": null,
    });
    if let Value::Object(package) = &mut package
        && let Value::Object(other) = other
    {
        package.extend(other.clone());
    }
    let member = json!({
        "id": "member", "name": "member", "version": "0.1.0", "license": null, "source": null, "publish": [],
        "dependencies": [
            { "name": "sibling", "req": "*", "path": "/sibling" },
            { "name": "other", "req": "^1" },
        ],
    });
    let metadata = json!({ "packages": [member, package], "workspace_members": ["member"] });
    let Ok(rules) = toml::from_str(include_str!("../../../deny.toml")) else {
        panic!("deny.toml cannot be read")
    };
    let Ok(metadata) = serde_json::from_value(metadata) else { panic!("{other} cannot be read") };
    check(&rules, &metadata)
}

#[track_caller]
fn refused(other: &Value, error: &str) {
    assert_eq!(judge(other).errors, [error]);
}

#[test]
fn a_good_package_passes() {
    for license in [
        "MIT",
        "MIT/Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
        "LGPL-2.1-or-later OR MIT",
    ] {
        assert!(judge(&json!({ "license": license })).errors.is_empty(), "{license}");
    }
}

#[test]
fn a_banned_package_is_refused_with_the_reason() {
    refused(
        &json!({ "name": "openssl-sys" }),
        "openssl-sys 1.0.0: banned, TLS is rustls with ring, everywhere",
    );
}

#[test]
fn a_licence_that_asks_for_more_is_refused() {
    refused(
        &json!({ "license": "GPL-3.0-only" }),
        "other 1.0.0: GPL-3.0-only asks for more than deny.toml allows",
    );
    refused(
        &json!({ "license": "MIT AND MPL-2.0" }),
        "other 1.0.0: MIT AND MPL-2.0 asks for more than deny.toml allows",
    );
    refused(&json!({ "license": null }), "other 1.0.0: names no licence");
    assert_eq!(judge(&json!({ "license": "Mine" })).errors.len(), 1);
}

#[test]
fn a_foreign_source_is_refused() {
    for source in ["git+https://example.com/other?rev=1#1", "registry+https://example.com/index"] {
        refused(&json!({ "source": source }), &format!("other 1.0.0: comes from {source}"));
    }
    refused(&json!({ "source": null }), "other 1.0.0: a folder outside of this project");
}

#[test]
fn any_version_will_not_do() {
    refused(
        &json!({ "dependencies": [{ "name": "third", "req": "*" }] }),
        "other 1.0.0: takes any version of third",
    );
}

#[test]
fn several_versions_are_nobodys_fault() {
    let findings = judge(&json!({ "name": "member", "version": "2.0.0" }));
    assert!(findings.errors.is_empty() && findings.warnings.is_empty());
}

#[test]
fn a_key_that_the_check_does_not_know_is_refused() {
    let text = format!("{}\nrequired-git-spec = \"rev\"\n", include_str!("../../../deny.toml"));
    assert!(toml::from_str::<dependencies::rules::Rules>(&text).is_err());
}
