//! `/docs`, the page that renders the document.

use crate::harness::{World, both};

#[both]
async fn the_page_is_ours_and_all_that_it_leads_to_is_there(world: World) {
    let page = world.anyone().get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<title>Sayless API</title>"), "{}", page.text);
    assert!(!page.text.contains("<script>"), "the page has an inline script");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let mut addresses = Vec::new();
    for attribute in ["href=\"/", "src=\"/"] {
        let rest = page.text.split(attribute).skip(1);
        addresses.extend(rest.map(|rest| format!("/{}", rest.split('"').next().unwrap())));
    }
    for expected in
        ["/docs/start.js", "/docs/guides/api.md", "/problems", "/openapi.json", "/openapi-3.0.json"]
    {
        assert!(addresses.iter().any(|address| address == expected), "{expected}: {addresses:?}");
    }
    for address in addresses {
        assert_eq!(world.anyone().get(&address).await.status, 200, "{address}");
    }
}
