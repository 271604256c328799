//! Operations that will go say so in every answer, and no other does.

use api_types::Timestamp;

use crate::harness::{Fixture, World, both, operations};

/// The shortest time between the announcement and the end, in days.
const NOTICE: i64 = 365;

#[both]
async fn what_the_document_marks_as_deprecated_announces_its_end(world: World) {
    // Whether a call succeeds is the same here: errors tell the end, too.
    let fixture = Fixture::make(&world).await;
    for operation in operations() {
        let is_deprecated = operation.described["deprecated"] == true;
        for client in [&fixture.team.admin, &world.anyone()] {
            let reply = fixture.call(&operation, client).await;
            for name in ["deprecation", "sunset"] {
                assert_eq!(reply.header(name).is_some(), is_deprecated, "{} {name}", operation.id);
            }
        }
        if is_deprecated {
            let day = |name: &str| -> Timestamp {
                let day = operation.described["x-deprecated"][name].as_str().unwrap();
                format!("{day}T00:00:00Z").parse().unwrap()
            };
            let days = (day("sunset").as_millis() - day("since").as_millis()) / 86_400_000;
            assert!(days >= NOTICE, "{} goes after {days} days", operation.id);
        }
    }
}
