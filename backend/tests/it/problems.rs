//! The pages to which a problem's `type` leads.

use api_types::ProblemType;
use reqwest::Method;
use serde_json::Value;

use crate::harness::{World, both};

#[both]
async fn the_type_of_a_problem_is_the_address_of_its_page(world: World) {
    let anyone = world.anyone();
    let problem = anyone.get("/v1/session").await.problem(401, "unauthenticated");
    let path = problem["type"].as_str().unwrap().strip_prefix(&world.url).unwrap();
    let reply = anyone.get(path).await;
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("Sign in or send a credential"), "{}", reply.text);
}

#[both]
async fn every_type_has_a_page_and_a_description_for_programs(world: World) {
    let browser = world.anyone().with_header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let program = world.anyone().with_header("accept", "application/json");
    let listed = program.get("/problems").await.ok(200);
    let codes: Vec<&str> =
        listed["data"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), ProblemType::ALL.len());
    let list = browser.get("/problems").await.text;
    for kind in ProblemType::ALL {
        assert!(codes.contains(&kind.as_str()), "{kind}");
        assert!(list.contains(&format!("href=\"/docs/problems/{kind}\"")), "{kind}");
        let described: Value = program.get(&kind.path()).await.ok(200);
        for text in ["meaning", "remedy"] {
            assert!(described[text].as_str().unwrap().ends_with('.'), "{kind}: {text}");
        }
        assert_eq!(described["example"]["type"], described["type"]);
        assert_eq!(described["example"]["status"], kind.status());
        let page = browser.get(&kind.path()).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&format!("<h1>{}</h1>", kind.title())), "{kind}");
        assert_eq!(page.text, browser.get(&format!("/docs/problems/{kind}")).await.text, "{kind}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
}

#[both]
async fn an_unknown_name_is_not_found(world: World) {
    let program = world.anyone().with_header("accept", "application/json");
    program.get("/problems/sayless").await.problem(404, "not-found");
    let page = world.anyone().with_header("accept", "text/html").get("/problems/%3Cb%3E").await;
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.text.contains("There is no such problem"), "{}", page.text);
}

#[both]
async fn scripts_of_any_site_may_read_the_pages(world: World) {
    let elsewhere = world.anyone().with_header("origin", "https://elsewhere.example");
    for path in ["/problems", "/problems/validation", "/problems/none"] {
        let reply = elsewhere.get(path).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(reply.header("vary"), Some("Accept"), "{path}");
        let preflight = elsewhere.send(Method::OPTIONS, path, "", "").await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some("*")));
    }
}
