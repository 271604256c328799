//! Query parameters of every operation: a name that is not known, a value that cannot be read, and several words.

use serde_json::{Value, json};

use crate::harness::{Client, Fixture, Operation, World, both, operations};

/// The query parameters of an operation, as the document describes them.
fn parameters(operation: &Operation) -> Vec<&Value> {
    let all = operation.described["parameters"].as_array().into_iter().flatten();
    all.filter(|parameter| parameter["in"] == "query").collect()
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap()
}

async fn call(
    fixture: &Fixture,
    operation: &Operation,
    client: &Client,
    query: &str,
) -> crate::harness::Reply {
    let path = format!("{}?{query}", fixture.path(operation));
    operation.send(client, &path, &fixture.body(operation)).await
}

#[both]
async fn a_parameter_that_an_operation_does_not_take_is_refused(world: World) {
    let fixture = Fixture::make(&world).await;
    let before = fixture.team.audited().await;
    for operation in operations() {
        let client = if operation.is_open() { world.anyone() } else { fixture.team.admin.clone() };
        let mut mistakes: Vec<(String, Option<&str>)> =
            ["surprise", "page", "a b", "x\u{0}", ""].map(|mistake| (mistake.to_owned(), None)).into();
        for known in parameters(&operation).into_iter().map(name) {
            let missing: String = known.chars().take(known.len() - 1).collect();
            let near = [format!("{known}[]"), known.to_uppercase(), format!("{known}s"), missing];
            mistakes.extend(near.into_iter().map(|mistake| (mistake, Some(known))));
        }
        for (mistake, meant) in mistakes {
            let encoded: String =
                url::form_urlencoded::Serializer::new(String::new()).append_pair(&mistake, "1").finish();
            let problem = call(&fixture, &operation, &client, &encoded).await.problem(400, "bad-request");
            assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{}: {problem}", operation.id);
            assert_eq!(problem["errors"][0]["field"], mistake, "{}", operation.id);
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            if let Some(meant) = meant {
                assert!(detail.contains(&format!("Did you mean `{meant}`?")), "{mistake}: {detail}");
            }
            for known in parameters(&operation).into_iter().map(name) {
                assert!(detail.contains(known), "{}: {detail}", operation.id);
            }
        }
        if !operation.is_open() {
            let reply = call(&fixture, &operation, &world.anyone(), "surprise=1").await;
            reply.problem(401, "unauthenticated");
        }
    }
    assert_eq!(fixture.team.audited().await, before);
}

#[both]
async fn a_query_that_cannot_be_decoded_is_refused(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations() {
        let client = if operation.is_open() { world.anyone() } else { fixture.team.admin.clone() };
        let known = parameters(&operation).first().map_or("surprise", |parameter| name(parameter));
        for value in ["%", "%f", "%zz", "%FF", "%C3%28"] {
            let reply = call(&fixture, &operation, &client, &format!("{known}={value}")).await;
            assert_eq!(reply.fields(400, "bad-request"), [known], "{} {value}", operation.id);
        }
        let reply = call(&fixture, &operation, &client, "%zz=1").await;
        assert_eq!(reply.fields(400, "bad-request"), ["%zz"], "{}", operation.id);
    }
}

#[both]
async fn every_parameter_is_read_and_refused_where_it_is_empty_or_given_twice(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    let mut all_at_once = 0;
    for operation in operations() {
        let parameters = parameters(&operation);
        for parameter in &parameters {
            let name = name(parameter);
            let several = parameter["schema"]["type"] == "array";
            let mut bad = vec![format!("{name}="), name.to_owned(), format!("{name}=%00")];
            if several {
                assert_eq!(
                    (&parameter["style"], &parameter["explode"]),
                    (&json!("form"), &json!(true)),
                    "{name}"
                );
                bad.push(format!("{name}=x"));
            } else {
                bad.push(format!("{name}=1&{name}=1"));
                bad.push(format!("{name}=1&{name}=2"));
            }
            for query in bad {
                let reply = call(&fixture, &operation, admin, &query).await;
                assert_eq!(reply.fields(400, "bad-request"), [name], "{} {query}", operation.id);
            }
        }
        let query: Vec<String> = parameters.iter().map(|parameter| format!("{}=", name(parameter))).collect();
        if !query.is_empty() {
            let mut named =
                call(&fixture, &operation, admin, &query.join("&")).await.fields(400, "bad-request");
            let mut expected: Vec<&str> = parameters.iter().map(|parameter| name(parameter)).collect();
            named.sort();
            expected.sort_unstable();
            assert_eq!(named, expected, "{}", operation.id);
            all_at_once += 1;
        }
    }
    assert!(all_at_once >= 12, "{all_at_once} operations take parameters");
}

#[both]
async fn several_words_are_taken_in_every_spelling_and_count_once(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    let mut lists = 0;
    for operation in operations() {
        for parameter in parameters(&operation) {
            let Some(words) = parameter["schema"]["items"]["enum"].as_array() else { continue };
            let name = name(parameter);
            let words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
            assert_eq!(parameter["schema"]["maxItems"], words.len());
            let [first, second] = [words[0], words[1]];
            let page = async |query: &str| call(&fixture, &operation, admin, query).await.ok(200);
            let both = page(&format!("{name}={first},{second}")).await;
            for same in [
                format!("{name}={first}&{name}={second}"),
                format!("{name}={second}%2C{first}"),
                format!("{name}={first}&limit=50&{name}={second}"),
            ] {
                assert_eq!(page(&same).await, both, "{} {same}", operation.id);
            }
            let one = page(&format!("{name}={first}")).await;
            assert_eq!(page(&format!("{name}={first},{first}")).await, one, "{}", operation.id);
            page(&format!("{name}={}", words.join(","))).await;
            let too_many = format!("{name}={}&{name}={first}", words.join(","));
            let reply = call(&fixture, &operation, admin, &too_many).await;
            assert_eq!(reply.fields(400, "bad-request"), [name], "{}", operation.id);
            let beside = format!("{name}={first},nonsense&limit=0");
            let reply = call(&fixture, &operation, admin, &beside).await;
            assert_eq!(reply.fields(400, "bad-request"), ["limit", name], "{}", operation.id);
            lists += 1;
        }
    }
    assert!(lists >= 7, "{lists} parameters take several words");
}

#[both]
async fn a_time_whose_plus_sign_arrived_as_a_blank_is_told_so(world: World) {
    let fixture = Fixture::make(&world).await;
    for list in ["deliveries", "audit-log"] {
        let path = format!("/v1/{list}?since=2026-11-01T00:00:00+02:00");
        let problem = fixture.team.admin.get(&path).await.problem(400, "bad-request");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("%2B") && detail.contains("2026-10-31T22:00:00.000Z"), "{detail}");
        fixture.team.admin.get(&path.replace('+', "%2B")).await.ok(200);
    }
}
