//! The samples of a language as one program. It says of each `sample ID ok`, or `sample ID failed: why`.

use super::fixture::Fixture;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The languages, by their names in `openapi/samples.json`.
pub const LANGUAGES: [&str; 4] = ["curl", "typescript", "python", "rust"];

/// A sample to be run.
pub struct Sample<'a> {
    pub id: &'a str,
    text: &'a str,
    /// True if only a session may call the operation.
    session: bool,
}

/// The samples of a language, in an order that works: what ends a credential comes last.
pub fn samples<'a>(all: &'a Value, language: &str) -> Result<Vec<Sample<'a>>> {
    let operations = all["operations"].as_object().context("no operations")?;
    let mut samples: Vec<Sample<'_>> = operations
        .iter()
        .filter_map(|(id, of)| {
            Some(Sample { id, text: of[language].as_str()?, session: of["session"] == true })
        })
        .collect();
    samples.sort_by_key(|sample| match sample.id {
        "rotateOwnApiKey" | "signIn" => 3,
        "signOut" => 4,
        id if ["delete", "withdraw", "revoke"].iter().any(|verb| id.starts_with(verb)) => 2,
        _ => 1,
    });
    Ok(samples)
}

/// The program's text.
pub fn text(language: &str, samples: &[Sample<'_>], setup: &Value, fixture: &Fixture) -> Result<String> {
    let setup = setup.as_str().unwrap_or_default();
    match language {
        "curl" => shell(samples, fixture),
        "typescript" => typescript(samples, setup, fixture),
        "python" => python(samples, setup, fixture),
        _ => rust(samples, setup),
    }
}

/// The objects of every sample, for a program that is not to be compiled anew for them.
pub fn objects(samples: &[Sample<'_>], fixture: &Fixture) -> String {
    let of = |sample: &Sample<'_>| (sample.id.to_owned(), json!(fixture.replacements(sample.id)));
    samples.iter().map(of).collect::<Value>().to_string()
}

impl Sample<'_> {
    fn filled(&self, fixture: &Fixture) -> String {
        let replacements = fixture.replacements(self.id).into_iter();
        replacements.fold(self.text.to_owned(), |text, (example, real)| text.replace(&example, &real))
    }
}

/// Each line of a text behind `pad`.
fn indented(text: &str, pad: &str) -> String {
    format!("{pad}{}\n", text.trim_end().replace('\n', &format!("\n{pad}")))
}

fn shell(samples: &[Sample<'_>], fixture: &Fixture) -> Result<String> {
    let mut text = String::from(
        "curl() { command curl -sS --max-time \"$patience\" -o answer -w '%{http_code}' \"$@\"; }\n\
         judge() {\n  case \"$2\" in\n    $3) echo \"sample $1 ok\" ;;\n\
         \x20   *) echo \"sample $1 failed: it was answered $2: $(head -c 500 answer | tr '\\n' ' ')\" ;;\n  esac\n}\n",
    );
    for sample in samples {
        // The stream goes on until it is cut off.
        let patience = if sample.id == "streamChanges" { 1 } else { 30 };
        let expected = if sample.text.ends_with("-i") { "303" } else { "2??" };
        writeln!(text, "patience={patience}; : > answer")?;
        writeln!(text, "status=$({})", sample.filled(fixture))?;
        writeln!(text, "judge {} \"$status\" '{expected}'", sample.id)?;
    }
    Ok(text)
}

fn typescript(samples: &[Sample<'_>], setup: &str, fixture: &Fixture) -> Result<String> {
    let (import, client) = setup.split_once("\n\n").context("the set-up has two parts")?;
    let mut text = format!("{import}\n\n");
    for sample in samples {
        let body = indented(&sample.filled(fixture), "  ");
        writeln!(text, "async function {}() {{\n{}{body}}}\n", sample.id, indented(client, "  "))?;
    }
    writeln!(text, "const urls = [process.env.SAYLESS_URL, process.env.SAYLESS_SESSION_URL];")?;
    for sample in samples {
        let url = usize::from(sample.session);
        let id = sample.id;
        writeln!(text, "process.env.SAYLESS_URL = urls[{url}];")?;
        writeln!(
            text,
            "await {id}().then(() => console.log(\"sample {id} ok\"), (error) => console.log(`sample {id} failed: ${{error}}`));"
        )?;
    }
    Ok(text)
}

fn python(samples: &[Sample<'_>], setup: &str, fixture: &Fixture) -> Result<String> {
    let (import, client) = setup.split_once("\n\n").context("the set-up has two parts")?;
    let mut text = format!("import os\n{import}\n\n");
    for sample in samples {
        let body = indented(&sample.filled(fixture), "    ");
        writeln!(text, "def {}():\n{}{body}\n", sample.id, indented(client, "    "))?;
    }
    text += "urls = [os.environ[\"SAYLESS_URL\"], os.environ[\"SAYLESS_SESSION_URL\"]]\n\n\
        def run(sample, url):\n    os.environ[\"SAYLESS_URL\"] = url\n    try:\n        sample()\n\
        \x20       print(f\"sample {sample.__name__} ok\")\n    except Exception as error:\n\
        \x20       print(f\"sample {sample.__name__} failed: {error!r}\")\n\n";
    for sample in samples {
        writeln!(text, "run({}, urls[{}])", sample.id, usize::from(sample.session))?;
    }
    Ok(text)
}

/// The same text on every run, so that it is compiled once: the objects are looked up.
fn rust(samples: &[Sample<'_>], setup: &str) -> Result<String> {
    let (import, _) = setup.split_once("\n\n").context("the set-up has two parts")?;
    let mut text = format!("//! Written by `load samples`.\n#![allow(non_snake_case)]\n\n{import}\n\n{RUST}");
    for sample in samples {
        let body = indented(&looked_up(sample), "    ");
        let id = sample.id;
        writeln!(text, "async fn {id}(sayless: &Sayless) -> Done {{\n{body}    Ok(())\n}}\n")?;
    }
    text += "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Done {\n    let clients = clients()?;\n";
    for sample in samples {
        let (id, client) = (sample.id, usize::from(sample.session));
        writeln!(text, "    tell(\"{id}\", {id}(&clients[{client}]).await);")?;
    }
    Ok(text + "    Ok(())\n}\n")
}

const RUST: &str = r#"type Done = Result<(), Box<dyn std::error::Error>>;

fn real(sample: &str, example: &str) -> String {
    let objects: serde_json::Value = serde_json::from_str(&std::env::var("SAYLESS_OBJECTS").unwrap()).unwrap();
    objects[sample][example].as_str().unwrap_or(example).to_owned()
}

fn tell(sample: &str, done: Done) {
    match done {
        Ok(()) => println!("sample {sample} ok"),
        Err(error) => println!("sample {sample} failed: {error}"),
    }
}

fn clients() -> Result<[Sayless; 2], sayless::Error> {
    let session = std::env::var("SAYLESS_SESSION_URL").unwrap();
    Ok([Sayless::from_env()?, Sayless::builder().base_url(session).build()?])
}

"#;

/// Texts that may be an object's, as look-ups.
fn looked_up(sample: &Sample<'_>) -> String {
    let mut text = String::new();
    // Every second part stands between quotes: the examples have none inside.
    for (index, part) in sample.text.split('"').enumerate() {
        let is_object = part.contains("_01JDBN5X7W3Q9K2M4E6R8T0VYZ") || part.starts_with("2026-");
        match (index % 2 == 1, is_object) {
            (true, true) => text.extend(["real(\"", sample.id, "\", \"", part, "\")"]),
            (true, false) => text.extend(["\"", part, "\""]),
            (false, _) => text.push_str(part),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_credential_comes_last_and_objects_are_looked_up() {
        let of = |text: &str| json!({ "rust": text, "session": false });
        let webhook = "sayless.webhooks().get(\"whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ\").await?; // \"x\"";
        let all = json!({ "operations": { "signOut": of("a"), "getWebhook": of(webhook), "deleteWebhook": of("b") } });
        let samples = samples(&all, "rust").unwrap();
        let ids: Vec<&str> = samples.iter().map(|sample| sample.id).collect();
        assert_eq!(ids, ["getWebhook", "deleteWebhook", "signOut"]);
        let expected = "sayless.webhooks().get(real(\"getWebhook\", \"whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ\")).await?; // \"x\"";
        assert_eq!(looked_up(&samples[0]), expected);
    }
}
