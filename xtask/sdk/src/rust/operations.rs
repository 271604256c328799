//! The resources: a struct each, with a method for every operation.

use super::casing;
use super::format::doc;
use super::models::{import, words_in};
use super::types::{Takes, Types};
use crate::document::{Answer, Document, Operation, Parameter};
use anyhow::{Context as _, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The paths and sources of the resources.
pub fn sources(
    document: &Document,
    types: &Types<'_>,
    models: &BTreeSet<String>,
) -> Result<Vec<(String, String)>> {
    let mut resources: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &document.operations {
        resources.entry(&operation.name.resource).or_default().push(operation);
    }
    let mut sources = vec![("resources/mod.rs".to_owned(), face(&resources)?)];
    for (name, operations) in resources {
        let source = resource(types, models, name, &operations).with_context(|| name.to_owned())?;
        sources.push((format!("resources/{name}.rs"), source));
    }
    Ok(sources)
}

fn face(resources: &BTreeMap<&str, Vec<&Operation>>) -> Result<String> {
    let mut source = String::from("//! The resources of the API, and their operations.\n\n");
    for name in resources.keys() {
        writeln!(source, "mod {name};")?;
    }
    source.push('\n');
    for (name, operations) in resources {
        let lists = operations.iter().filter(|operation| matches!(operation.answer, Answer::Page { .. }));
        let mut names: Vec<String> = lists.map(|operation| casing::pascal(&operation.id)).collect();
        names.push(casing::pascal(name));
        names.sort_unstable();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        write!(source, "pub {}", import(name, &names))?;
    }
    source +=
        "\n/// Gives a client its resources.\nmacro_rules! resources {\n($client:ty) => {\nimpl $client {\n";
    for name in resources.keys() {
        let (words, pascal) = (casing::words_of(name), casing::pascal(name));
        write!(
            source,
            "/// The operations of {words}.\npub fn {name}(&self) -> {pascal}<Self> {{\n{pascal}::of(self)\n}}\n\n"
        )?;
    }
    source = source.trim_end().to_owned();
    source += "\n}\n};\n}\n\nresources!(crate::client::Sayless);\n#[cfg(feature = \"blocking\")]\n";
    source += "resources!(crate::blocking::Sayless);\n";
    Ok(source)
}

fn resource(
    types: &Types<'_>,
    models: &BTreeSet<String>,
    name: &str,
    operations: &[&Operation],
) -> Result<String> {
    let pascal = casing::pascal(name);
    let words = casing::words_of(name);
    let mut methods = String::new();
    let mut lists = String::new();
    for operation in operations {
        methods += &method(types, operation).with_context(|| operation.id.clone())?;
        if let Answer::Page { item, .. } = &operation.answer {
            lists += &list(types, &pascal, operation, item)?;
        }
    }
    let mut source = format!("//! The operations of {words}.\n\n");
    let calls = if methods.contains("Call<") { "use crate::call::Call;\n" } else { "" };
    let of_lists = if lists.is_empty() { "" } else { "use crate::list::{Kind, List, Pages};\n" };
    let code = format!("{methods}{lists}").replace(&format!("crate::generated::models::{pascal}"), "");
    let used = words_in(&code);
    let used: Vec<&str> = models.iter().map(String::as_str).filter(|name| used.contains(name)).collect();
    let of_models = if used.is_empty() { String::new() } else { import("crate::generated::models", &used) };
    let times = if lists.contains("Into<Timestamp>") { "use crate::timestamp::Timestamp;\n" } else { "" };
    write!(
        source,
        "{calls}use crate::client::Client;\n{of_lists}{of_models}use crate::request::Request;\n{times}\
         use reqwest::Method;\n\n/// The operations of {words}.\n#[derive(Debug, Clone)]\npub struct {pascal}<C> {{\n\
         client: C,\n}}\n\nimpl<C: Client> {pascal}<C> {{\npub(crate) fn of(client: &C) -> Self {{\n\
         Self {{ client: client.clone() }}\n}}\n\n{}\n}}\n\n{lists}",
        methods.trim_end()
    )?;
    Ok(source)
}

fn method(types: &Types<'_>, operation: &Operation) -> Result<String> {
    let is_list = matches!(operation.answer, Answer::Page { .. });
    let mut arguments = String::new();
    let mut start = String::new();
    for parameter in &operation.path_parameters {
        let (name, text) =
            (casing::name(&parameter.name), types.of(&parameter.name, &parameter.schema)?.text);
        write!(arguments, ", {name}: impl Into<{text}>")?;
        writeln!(start, "let {name}: {text} = {name}.into();")?;
    }
    if let Some(body) = &operation.body {
        write!(arguments, ", body: &{}", body.schema)?;
    }
    let mut queries = String::new();
    for parameter in operation.query.iter().filter(|_| !is_list) {
        let name = casing::name(&parameter.name);
        let of = types.of(&parameter.name, &parameter.schema)?.text;
        let add = format!("request.query({:?}, {name}.to_string());\n", parameter.name);
        if parameter.required {
            write!(arguments, ", {name}: {of}")?;
            queries += &add;
        } else {
            write!(arguments, ", {name}: Option<{of}>")?;
            write!(queries, "if let Some({name}) = {name} {{\n{add}}}\n")?;
        }
    }
    let request = request(operation);
    let (answer, make) = match &operation.answer {
        Answer::Nothing => ("Call<C, ()>".to_owned(), "Call"),
        // The resource may have the name of what it gives.
        Answer::Object(name) if *name == casing::pascal(&operation.name.resource) => {
            (format!("Call<C, crate::generated::models::{name}>"), "Call")
        }
        Answer::Object(name) => (format!("Call<C, {name}>"), "Call"),
        Answer::Page { .. } => (format!("List<C, {}>", casing::pascal(&operation.id)), "List"),
    };
    let end = if queries.is_empty() {
        format!("{make}::new(&self.client, {request})")
    } else {
        format!("let mut request = {request};\n{queries}{make}::new(&self.client, request)")
    };
    let text = format!("{}.\n\n{}", operation.summary.trim_end_matches('.'), operation.description);
    let old = if operation.deprecated { "#[deprecated = \"this operation is to end\"]\n" } else { "" };
    let name = casing::name(&operation.name.method);
    Ok(format!("{}{old}pub fn {name}(&self{arguments}) -> {answer} {{\n{start}{end}\n}}\n\n", doc(&text)))
}

fn request(operation: &Operation) -> String {
    let segments: Vec<String> = operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(name) => format!("{}.as_str()", casing::name(name)),
            None => format!("{segment:?}"),
        })
        .collect();
    let mut request = format!("Request::new(Method::{}, &[{}])", operation.method, segments.join(", "));
    for (takes, call) in [
        (operation.idempotent, ".keyed()"),
        (operation.conditional, ".conditional()"),
        (operation.body.is_some(), ".body(body)"),
    ] {
        if takes {
            request += call;
        }
    }
    request
}

/// The type of a list, and its filters.
fn list(types: &Types<'_>, resource: &str, operation: &Operation, item: &str) -> Result<String> {
    let (name, method) = (casing::pascal(&operation.id), casing::name(&operation.name.method));
    let pages = if operation.has_pages() {
        "Cursor"
    } else if operation.query.iter().any(|parameter| parameter.name == "after") {
        "Log"
    } else {
        "One"
    };
    let mut source = format!(
        "/// The list that [`{resource}::{method}`] gives.\n#[derive(Debug)]\npub enum {name} {{}}\n\n\
         impl Kind for {name} {{\ntype Item = {item};\nconst PAGES: Pages = Pages::{pages};\n}}\n\n"
    );
    if !operation.query.is_empty() {
        writeln!(source, "impl<C: Client> List<C, {name}> {{")?;
        for parameter in &operation.query {
            source += &filter(types, parameter)?;
        }
        source = source.trim_end().to_owned() + "\n}\n\n";
    }
    Ok(source)
}

fn filter(types: &Types<'_>, parameter: &Parameter) -> Result<String> {
    let made = types.of(&parameter.name, &parameter.schema)?;
    let (name, wire) = (casing::name(&parameter.name), &parameter.name);
    let (argument, call) = match &made.takes {
        Takes::Each(element) => (
            format!("impl IntoIterator<Item = {}>", element.text),
            format!("self.with_all({wire:?}, {name})"),
        ),
        Takes::Into => {
            (format!("impl Into<{}>", made.text), format!("self.with({wire:?}, {name}.into().as_str())"))
        }
        Takes::Itself => (made.text.clone(), format!("self.with({wire:?}, {name}.to_string())")),
    };
    Ok(format!(
        "{}pub fn {name}(self, {name}: {argument}) -> Self {{\n{call}\n}}\n\n",
        doc(&parameter.description)
    ))
}
