//! SQLite's writer when the database is full: what is refused is not stored.

use std::sync::mpsc;

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_types::BigInt};
use sayless::{db::DbError, problem::Failure};

use crate::harness::{Kind, World};

/// The number that a query gives.
async fn number(world: &World, query: &'static str) -> i64 {
    let found = world.app.db.read(move |conn| {
        Ok::<_, DbError>(diesel::select(diesel::dsl::sql::<BigInt>(query)).get_result::<i64>(conn)?)
    });
    found.await.unwrap()
}

#[actix_web::test]
async fn a_full_database_refuses_a_batch_and_stores_nothing_of_it() {
    let world = World::start(Kind::Sqlite);
    let db = world.app.db.clone();
    let set_up = db.write(|tx| {
        tx.batch_execute(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, body BLOB NOT NULL); PRAGMA cache_size = 8;",
        )?;
        Ok::<_, Failure>(())
    });
    set_up.await.unwrap();
    let pages = number(&world, "(SELECT page_count FROM pragma_page_count)").await;
    let limit = format!("PRAGMA max_page_count = {};", pages + 3);
    let (open, opened) = mpsc::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    // The gate keeps the writer busy until all that follows is in one batch.
    let writer = db.clone();
    let gate = tokio::spawn(async move {
        let shut = writer.write(move |tx| {
            tx.batch_execute(&limit)?;
            let _ = tell.send(());
            let _ = opened.recv();
            Ok::<_, Failure>(())
        });
        shut.await
    });
    told.await.unwrap();
    let insert = |statement: &'static str| {
        let db = db.clone();
        tokio::spawn(async move { db.write(move |tx| Ok::<_, DbError>(tx.batch_execute(statement)?)).await })
    };
    let first = insert("INSERT INTO things (id, body) VALUES (1, x'01')");
    tokio::task::yield_now().await;
    let large = insert("INSERT INTO things (id, body) VALUES (2, zeroblob(1000000))");
    tokio::task::yield_now().await;
    let last = insert("INSERT INTO things (id, body) VALUES (3, x'03')");
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    drop(open);
    gate.await.unwrap().unwrap();
    let refused = large.await.unwrap().unwrap_err();
    assert!(refused.is_unavailable(), "{refused:?}");
    for (id, written) in [(1, first.await.unwrap()), (3, last.await.unwrap())] {
        let stored = match id {
            1 => number(&world, "(SELECT count(*) FROM things WHERE id = 1)").await,
            _ => number(&world, "(SELECT count(*) FROM things WHERE id = 3)").await,
        };
        assert_eq!(stored == 1, written.is_ok(), "thing {id}: {written:?}");
    }
    assert_eq!(number(&world, "(SELECT count(*) FROM things WHERE id = 2)").await, 0);
}
