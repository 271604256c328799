//! A call with curl, for every operation of the document.

use super::example::of_parameter;
use crate::document::reference;
use anyhow::Result;
use serde_json::Value;

/// An operation as curl calls it.
pub struct Call<'a> {
    pub id: String,
    method: String,
    path: &'a str,
    operation: &'a Value,
    /// The other operations at the same path.
    beside: &'a Value,
    schemas: &'a Value,
}

/// Every operation of the document.
pub fn calls(document: &Value) -> Vec<Call<'_>> {
    let schemas = &document["components"]["schemas"];
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let (id, method) = (id.to_owned(), method.to_uppercase());
            calls.push(Call { id, method, path, operation, beside: methods, schemas });
        }
    }
    calls
}

impl Call<'_> {
    /// The command.
    pub fn text(&self) -> Result<String> {
        let method = if self.method == "GET" { String::new() } else { format!("-X {} ", self.method) };
        let mut parts = vec![format!("curl {method}\"$SAYLESS_URL{}\"", self.address())];
        parts.extend(self.credential());
        let content = &self.operation["requestBody"]["content"];
        if let Some(example) = self.example(&content["application/json"]) {
            parts.push("-H \"Content-Type: application/json\"".to_owned());
            parts.push(format!("-d '{}'", quoted(&json(example)?)));
        }
        if let Some(example) = self.example(&content["application/x-www-form-urlencoded"]) {
            parts.extend(fields(example).map(|(name, value)| format!("--data-urlencode '{name}={value}'")));
        }
        if self.answers_elsewhere() {
            parts.push("-i".to_owned());
        }
        if self.operation["responses"]["200"]["content"]["text/event-stream"].is_object() {
            parts.push("-N".to_owned());
        }
        Ok(parts.join(" \\\n  "))
    }

    /// True if only a session may call the operation.
    pub fn needs_session(&self) -> bool {
        self.takes("session") && !self.takes("bearer")
    }

    fn takes(&self, scheme: &str) -> bool {
        let ways = self.operation["security"].as_array();
        ways.is_some_and(|ways| ways.iter().any(|way| way.get(scheme).is_some()))
    }

    /// The path with examples in it, and the query that a form at the same path has an example of.
    fn address(&self) -> String {
        let mut address = self.path.to_owned();
        for parameter in self.operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let example = of_parameter(name, &parameter["schema"], self.schemas);
            address = address.replace(&format!("{{{name}}}"), &example);
        }
        let form = &self.beside["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"];
        if let ("GET", Some(example)) = (self.method.as_str(), self.example(form)) {
            let query: Vec<String> =
                fields(example).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            address = format!("{address}?{}", query.join("&"));
        }
        address
    }

    fn example(&self, content: &Value) -> Option<&Value> {
        let example = &self.schemas[&reference(&content["schema"])?]["example"];
        (!example.is_null()).then_some(example)
    }

    fn credential(&self) -> Vec<String> {
        if self.takes("bearer") {
            return vec!["-H \"Authorization: Bearer $SAYLESS_API_KEY\"".to_owned()];
        }
        if self.takes("client") {
            return vec!["-u \"$SAYLESS_APP_ID:$SAYLESS_APP_SECRET\"".to_owned()];
        }
        let starts_session = self.path == "/v1/session" && self.method == "POST";
        let mut parts = Vec::new();
        if self.takes("session") {
            parts.push("-b cookies.txt".to_owned());
        } else if starts_session {
            parts.push("-c cookies.txt".to_owned());
        }
        // A change by a cookie must come from the server's own pages.
        if (self.takes("session") || starts_session) && self.method != "GET" {
            parts.push("-H \"Origin: $SAYLESS_URL\"".to_owned());
        }
        parts
    }

    /// True if success is a redirection, which curl prints the head of.
    fn answers_elsewhere(&self) -> bool {
        let responses = self.operation["responses"].as_object();
        responses.is_some_and(|responses| !responses.keys().any(|status| status.starts_with('2')))
    }
}

fn fields(example: &Value) -> impl Iterator<Item = (&String, &str)> {
    let fields = example.as_object().into_iter().flatten();
    fields.filter_map(|(name, value)| Some((name, value.as_str()?)))
}

fn json(example: &Value) -> Result<String> {
    let line = serde_json::to_string(example)?;
    Ok(if line.len() <= 60 { line } else { serde_json::to_string_pretty(example)?.replace('\n', "\n  ") })
}

/// For the inside of single quotes, where JSON may write an apostrophe as an escape.
fn quoted(json: &str) -> String {
    json.replace('\'', "\\u0027")
}

fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letter = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    value.bytes().map(letter).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_survives_its_quotes() {
        assert_eq!(quoted(r#"{"a":"it's"}"#), r#"{"a":"it\u0027s"}"#);
        assert_eq!(encoded("https://a b/ü"), "https%3A%2F%2Fa%20b%2F%C3%BC");
    }
}
