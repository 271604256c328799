//! SQLite's writer when the database is full: a refused write stores nothing.

use std::time::Duration;

use crate::harness::{Kind, World};

#[actix_web::test]
async fn a_full_database_refuses_a_batch_and_stores_nothing_of_it() {
    let world = World::start(Kind::Sqlite);
    world.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, body BLOB NOT NULL)").await.unwrap();
    world.execute("PRAGMA cache_size = 8").await.unwrap();
    let pages = world.number("(SELECT page_count FROM pragma_page_count)").await;
    world.execute(format!("PRAGMA max_page_count = {}", pages + 3)).await.unwrap();
    // The writer is kept busy until all that follows is in one batch.
    let held = world.hold_writes().await;
    let insert = |statement| tokio::spawn(world.execute(statement));
    let first = insert("INSERT INTO things (id, body) VALUES (1, x'01')");
    tokio::task::yield_now().await;
    let large = insert("INSERT INTO things (id, body) VALUES (2, zeroblob(1000000))");
    tokio::task::yield_now().await;
    let last = insert("INSERT INTO things (id, body) VALUES (3, x'03')");
    tokio::time::sleep(Duration::from_millis(200)).await;
    held.let_go().await;
    let refused = large.await.unwrap().unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
    for (id, written) in [(1, first.await.unwrap()), (3, last.await.unwrap())] {
        let stored = match id {
            1 => world.number("(SELECT count(*) FROM things WHERE id = 1)").await,
            _ => world.number("(SELECT count(*) FROM things WHERE id = 3)").await,
        };
        assert_eq!(stored == 1, written.is_ok(), "thing {id}: {written:?}");
    }
    assert_eq!(world.number("(SELECT count(*) FROM things WHERE id = 2)").await, 0);
}
