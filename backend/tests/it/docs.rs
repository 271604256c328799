//! `/docs`, the documentation as a site, and `/docs/api`, the page that renders the document.

use std::collections::{BTreeMap, BTreeSet};

use api_types::{ProblemType, deliveries::DiagnosisCode, events::EventType};
use serde_json::Value;

use crate::harness::{Client, Reply, World, both};

const CONTENTS: &str = include_str!("../../../docs/contents.md");

fn browser(world: &World) -> Client {
    world.anyone().with_header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
}

/// The pages of the table of contents, by their names: `index`, `receivers`.
fn contents() -> Vec<String> {
    let targets = CONTENTS.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    targets.filter_map(|target| target.strip_suffix(".md")).map(str::to_owned).collect()
}

/// All pages: those of the table of contents, and those that the server makes.
fn names() -> Vec<String> {
    let events = EventType::ALL.iter().map(|kind| format!("events/{kind}"));
    let problems = ProblemType::ALL.iter().map(|kind| format!("problems/{kind}"));
    contents().into_iter().chain(events).chain(problems).collect()
}

fn address(name: &str) -> String {
    if name == "index" { "/docs".to_owned() } else { format!("/docs/{name}") }
}

/// The values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

fn is_strict(page: &Reply) {
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for inline in ["<script>", "<style", " style=\"", " onclick=", "javascript:"] {
        assert!(!page.text.contains(inline), "{inline}: {}", page.text);
    }
}

#[both]
async fn every_page_of_the_contents_is_served_in_the_frame(world: World) {
    let docs = browser(&world);
    assert!(contents().len() >= 8, "{:?}", contents());
    for name in names() {
        let page = docs.get(&address(&name)).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{name}"
        );
        is_strict(&page);
        for part in ["<h1>", "<nav id=\"side\"", "<main id=\"content\"", "aria-current=\"page\""] {
            assert!(page.text.contains(part), "{name}: {part}");
        }
        assert_eq!(page.text.matches("<h1>").count(), 1, "{name}");
    }
    let slashed = docs.get("/docs/").await;
    assert_eq!((slashed.status, slashed.text), (200, docs.get("/docs").await.text));
}

#[both]
async fn every_link_and_anchor_of_every_page_leads_somewhere(world: World) {
    let docs = browser(&world);
    let mut pages = BTreeMap::new();
    for name in names() {
        pages.insert(address(&name), docs.get(&address(&name)).await.text);
    }
    let mut others = BTreeSet::new();
    for (at, page) in &pages {
        for target in values(page, "href").into_iter().chain(values(page, "src")) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { at } else { path };
            if path.starts_with("https://") || path.starts_with(&world.url) {
                continue;
            }
            assert!(path.starts_with('/'), "{at}: {target} is relative to nothing");
            match pages.get(path) {
                Some(to) => assert!(
                    anchor.is_empty() || values(to, "id").contains(&anchor),
                    "{at}: {target} has no such heading"
                ),
                // The console may not be built into this binary.
                None if path.starts_with("/settings") => {}
                None => drop(others.insert(path.to_owned())),
            }
        }
    }
    for other in
        ["/docs/api", "/openapi.json", "/llms.txt", "/docs/assets/site.css", "/docs/receivers/receiver.py"]
    {
        assert!(others.contains(other), "{other}: {others:?}");
    }
    for path in others {
        assert_eq!(docs.get(&path).await.status, 200, "{path}");
    }
}

#[both]
async fn every_page_has_a_markdown_copy_and_is_listed_and_searched(world: World) {
    let docs = world.anyone();
    let listed = docs.get("/llms.txt").await;
    assert_eq!(listed.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(listed.text.starts_with("# Sayless API platform\n\n> "), "{}", listed.text);
    let full = docs.get("/llms-full.txt").await.text;
    let index = docs.get("/docs/search.json").await;
    assert_eq!(index.header("content-type"), Some("application/json"));
    let index: Value = serde_json::from_str(&index.text).unwrap();
    let searched: BTreeMap<&str, &Value> =
        index["pages"].as_array().unwrap().iter().map(|page| (page["u"].as_str().unwrap(), page)).collect();
    for name in names() {
        let copy = docs.get(&format!("/docs/{name}.md")).await;
        assert_eq!(
            (copy.status, copy.header("content-type")),
            (200, Some("text/markdown; charset=utf-8")),
            "{name}"
        );
        let title = copy.text.strip_prefix("# ").and_then(|rest| rest.lines().next()).unwrap();
        assert!(listed.text.contains(&format!("]({}/docs/{name}.md)", world.url)), "{name}: {}", listed.text);
        assert!(full.contains(copy.text.trim()), "{name}");
        assert!(!copy.text.contains("<!-- include") && !copy.text.contains("\"include\")"), "{name}");
        let found = searched[address(&name).as_str()];
        assert_eq!(found["t"], title.replace('`', ""), "{name}");
        assert!(!found["s"].as_array().unwrap().is_empty(), "{name}");
    }
    assert_eq!(searched.len(), names().len(), "a page is not in docs/contents.md: {:?}", searched.keys());
}

#[both]
async fn no_page_is_missing_in_the_contents(world: World) {
    let pages = world.anyone().get("/docs/search.json").await.text;
    let pages: Value = serde_json::from_str(&pages).unwrap();
    let known: BTreeSet<String> = names().iter().map(|name| address(name)).collect();
    for page in pages["pages"].as_array().unwrap() {
        assert!(known.contains(page["u"].as_str().unwrap()), "{} is not in docs/contents.md", page["u"]);
    }
}

#[both]
async fn an_unknown_page_is_told_in_the_frame_and_to_programs_as_a_problem(world: World) {
    for path in ["/docs/nothing", "/docs/events/nothing", "/docs/%3Cb%3E.md", "/docs/..%2FCargo.toml"] {
        let page = browser(&world).get(path).await;
        assert_eq!((page.status, page.header("vary")), (404, Some("Accept")), "{path}");
        assert!(page.text.contains("<h1>There is no page here</h1>"), "{path}: {}", page.text);
        is_strict(&page);
        world.anyone().get(path).await.problem(404, "not-found");
    }
}

#[both]
async fn a_page_shows_the_files_that_it_includes_and_each_is_there_alone(world: World) {
    let page = browser(&world).get("/docs/receivers").await.text;
    let copy = world.anyone().get("/docs/receivers.md").await.text;
    for name in [
        "receiver.mjs",
        "receiver.py",
        "receiver.go",
        "receiver.rb",
        "receiver.php",
        "Receiver.java",
        "receiver.rs",
    ] {
        let file = world.anyone().get(&format!("/docs/receivers/{name}")).await;
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, Some("text/plain; charset=utf-8")),
            "{name}"
        );
        assert!(copy.contains(file.text.trim_end()), "{name}");
        assert!(
            page.contains(&format!("<a href=\"/docs/receivers/{name}\">{name}</a></figcaption>")),
            "{name}"
        );
    }
    assert!(page.contains("<section data-tab=\"Python\">"), "{page}");
}

#[both]
async fn the_page_of_an_event_is_made_of_the_catalogue(world: World) {
    let team = world.business().await;
    let types = team.admin.get("/v1/event-types").await.ok(200);
    for info in types["data"].as_array().unwrap() {
        let kind = info["type"].as_str().unwrap();
        let copy = world.anyone().get(&format!("/docs/events/{kind}.md")).await.text;
        assert!(
            copy.starts_with(&format!("# {kind}\n\n{}\n", info["description"].as_str().unwrap())),
            "{copy}"
        );
        for part in ["## Who gets it", "webhook-signature: v1,", "## Schema"] {
            assert!(copy.contains(part), "{kind}: {part}");
        }
        for field in info["schema"]["properties"].as_object().unwrap().keys() {
            assert!(copy.contains(&format!("| `data.{field}` |")), "{kind}: {field}");
        }
    }
}

#[both]
async fn the_page_of_diagnoses_explains_every_code(world: World) {
    let page = browser(&world).get("/docs/diagnoses").await.text;
    for code in DiagnosisCode::ALL {
        assert!(page.contains(&format!("<h2 id=\"{code}\">")), "{code}");
        assert!(page.contains(&format!("{}.", code.phrase())), "{code}");
    }
}

#[both]
async fn pages_write_the_address_of_the_server_that_they_are_read_on(world: World) {
    let copy = world.anyone().get("/docs/operate.md").await.text;
    assert!(copy.contains(&format!("--public-url {}", world.url)), "{copy}");
    for path in ["/docs/operate", "/docs/operate.md", "/docs/install", "/docs/scale.md"] {
        assert!(!world.anyone().get(path).await.text.contains("sayless.example.com"), "{path}");
    }
}

#[both]
async fn the_reference_is_ours_and_all_that_it_leads_to_is_there(world: World) {
    let page = browser(&world).get("/docs/api").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<title>Sayless API</title>"), "{}", page.text);
    assert!(!page.text.contains("<script>"), "the page has an inline script");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let links = values(&page.text, "href").into_iter().chain(values(&page.text, "src"));
    let links: Vec<&str> = links.collect();
    for expected in [
        "/docs/api/start.js",
        "/docs/api/samples.js",
        "/docs",
        "/docs/problems",
        "/openapi.json",
        "/openapi-3.0.json",
    ] {
        assert!(links.contains(&expected), "{expected}: {links:?}");
    }
    for link in links {
        assert_eq!(browser(&world).get(link).await.status, 200, "{link}");
    }
}

#[both]
async fn the_reference_has_a_sample_of_each_operation_of_the_document(world: World) {
    let samples = browser(&world).get("/docs/api/samples.json").await.ok(200);
    let document = browser(&world).get("/openapi.json").await.ok(200);
    let methods =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut ids: Vec<&str> = methods.filter_map(|operation| operation["operationId"].as_str()).collect();
    ids.sort_unstable();
    let known: Vec<&str> = samples["operations"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(known, ids);
    assert!(
        samples["operations"]["createTicket"]["python"]
            .as_str()
            .unwrap()
            .starts_with("ticket = sayless.tickets.create(")
    );
}
