//! `openapi/samples.json`: how each operation is called, in curl and with the SDKs, from the examples of the document. The API
//! reference shows the samples, and `cargo xtask test` runs them.

mod curl;
mod example;
mod python;
mod rust;
mod text;
mod typescript;

use crate::document::Document;
use crate::names;
use crate::output::Files;
use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

const PATH: &str = "openapi/samples.json";

/// Adds the samples of the project in `root`.
pub fn add(document: &Document, root: &Path, files: &mut Files) -> Result<()> {
    let path = root.join("openapi/openapi.json");
    let whole: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let left_out = names::left_out(root)?;
    let mut operations = Map::new();
    for call in curl::calls(&whole) {
        let mut samples = Map::new();
        samples.insert("curl".to_owned(), json!(call.text().with_context(|| call.id.clone())?));
        if let Some(reason) = left_out.get(&call.id) {
            samples.insert("left_out".to_owned(), json!(reason));
        }
        samples.insert("session".to_owned(), json!(call.needs_session()));
        operations.insert(call.id, Value::Object(samples));
    }
    for operation in &document.operations {
        let samples = operations.get_mut(&operation.id).context("an operation without a path")?;
        samples["typescript"] = json!(typescript::text(document, operation)?);
        samples["python"] = json!(python::text(document, operation)?);
        samples["rust"] = json!(rust::text(document, operation).with_context(|| operation.id.clone())?);
    }
    let setup = json!({ "typescript": typescript::SETUP, "python": python::SETUP, "rust": rust::SETUP });
    let all = json!({ "setup": setup, "operations": operations });
    files.add(PATH, serde_json::to_string_pretty(&all)? + "\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Value {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Files::default();
        add(&Document::read(&root).unwrap(), &root, &mut files).unwrap();
        serde_json::from_str(files.text(PATH).unwrap()).unwrap()
    }

    #[test]
    fn every_operation_has_a_sample_in_each_language_or_a_reason_why_not() {
        let samples = samples();
        for (id, of) in samples["operations"].as_object().unwrap() {
            assert!(of["curl"].as_str().unwrap().starts_with("curl "), "{id}");
            let languages = ["typescript", "python", "rust"].map(|language| of[language].is_string());
            assert_eq!(languages, [of["left_out"].is_null(); 3], "{id}");
        }
    }

    #[test]
    fn a_call_is_written_as_its_language_writes_it() {
        let webhook = &samples()["operations"]["createWebhook"];
        let typescript = "const webhook = await sayless.webhooks.create({\n  url: \"https://hooks.acme.example/sayless\",\n";
        assert!(webhook["typescript"].as_str().unwrap().starts_with(typescript), "{webhook}");
        let python = "webhook = sayless.webhooks.create(\n    url=\"https://hooks.acme.example/sayless\",\n";
        assert!(webhook["python"].as_str().unwrap().starts_with(python), "{webhook}");
        let rust = "models::NewWebhook::new(\"https://hooks.acme.example/sayless\", [\"ticket.*\", \"broadcast.sent\"])";
        assert!(webhook["rust"].as_str().unwrap().contains(rust), "{webhook}");
    }

    #[test]
    fn what_needs_a_session_is_called_with_the_cookie_of_one() {
        let samples = samples();
        let of = |id: &str| samples["operations"][id]["curl"].as_str().unwrap().to_owned();
        assert!(of("signIn").contains("-c cookies.txt") && !of("signIn").contains("-b cookies.txt"));
        assert!(of("createApiKey").contains("-b cookies.txt") && of("createApiKey").contains("Origin: "));
        assert!(
            of("listTickets").contains("Bearer $SAYLESS_API_KEY")
                && !of("listTickets").contains("cookies.txt")
        );
        assert!(of("getHealth") == "curl \"$SAYLESS_URL/healthz\"", "{}", of("getHealth"));
    }
}
