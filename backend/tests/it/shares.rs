//! The database as a thing that all share: a tenant that asks for much, a lock that somebody keeps, a caller who goes away, and a
//! server that falls silent hold up nobody else.

use std::time::Duration;

use diesel::{RunQueryDsl, connection::SimpleConnection};
use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{
    Integrator, Kind, World, a_ticket_event, both, database_behind_proxy, eventually, within,
};

#[both]
async fn a_row_that_somebody_keeps_locked_holds_up_no_other_tenant(world: World) {
    let team = world.business().await;
    let other = world.business().await;
    let made = team.admin.post("/v1/tickets", &json!({ "title": "Locked" })).await.ok(201);
    let path = format!("/v1/tickets/{}", made["id"].as_str().unwrap());
    let mut lock = world.lock_ticket(made["id"].as_str().unwrap());
    let change = json!({ "title": "Changed" });
    // The row is wanted for as long as it is locked, however long the others take on a busy machine.
    let patches = async {
        loop {
            for reply in join_all((0..40).map(|_| team.admin.patch(&path, &change))).await {
                assert!(reply.header("retry-after").is_some());
                reply.problem(503, "unavailable");
            }
        }
    };
    let others = async {
        lock.is_waited_for().await;
        for _ in 0..5 {
            other.admin.get("/v1/tickets").await.ok(200);
            if !world.is_embedded() {
                other.admin.post("/v1/tickets", &json!({ "title": "Theirs" })).await.ok(201);
            }
        }
    };
    tokio::select! {
        _ = patches => {}
        () = others => {}
    }
    lock.let_go();
    team.admin.patch(&path, &change).await.ok(200);
}

#[actix_web::test]
async fn a_statement_ends_with_its_caller() {
    let world = World::start(Kind::Postgres);
    let sleeping = "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND state = 'active' AND query LIKE 'SELECT pg_sleep%')";
    let slow = world.read(|conn| {
        // Nothing but its caller's end ends this statement.
        conn.batch_execute("SET LOCAL statement_timeout = 0")?;
        Ok(diesel::sql_query("SELECT pg_sleep(600)").execute(conn)?)
    });
    tokio::select! {
        _ = slow => panic!("it slept"),
        () = eventually("the statement runs", async || world.number(sleeping).await == 1) => {}
    }
    eventually("the statement is canceled", async || world.number(sleeping).await == 0).await;
    // The cancel hit nothing else.
    for one in 0..40 {
        assert_eq!(world.number("(SELECT count(*) FROM workspaces)").await, 0, "{one}");
    }
}

#[actix_web::test]
async fn a_statement_that_takes_too_long_is_no_fault_of_ours() {
    let world = World::start(Kind::Postgres);
    let long = world.try_write(|tx| {
        tx.batch_execute("SET LOCAL statement_timeout = 50")?;
        Ok(diesel::sql_query("SELECT pg_sleep(60)").execute(&mut **tx)?)
    });
    assert!(long.await.unwrap_err().is_unavailable());
}

#[both]
async fn a_write_whose_caller_is_gone_before_it_begins_is_not_made(world: World) {
    let team = world.business().await;
    let held = world.hold_writes().await;
    // Those that began run to their end, or wait too long for a lock; most have not begun.
    let admin = &team.admin;
    let waiting = join_all((0..200).map(|one| async move {
        (one, admin.post("/v1/tickets", &json!({ "title": format!("Ticket {one}") })).await.status)
    }));
    let gone = tokio::time::timeout(Duration::from_secs(1), waiting).await;
    assert!(gone.is_err(), "{gone:?}");
    held.let_go().await;
    team.admin.post("/v1/tickets", &json!({ "title": "Last" })).await.ok(201);
    let stored = world.number("(SELECT count(*) FROM tickets)").await;
    assert!(stored < 100, "{stored} were stored");
}

#[actix_web::test]
async fn while_the_database_is_silent_callers_are_told_to_come_back_and_it_recovers_by_itself() {
    let (database, proxy) = database_behind_proxy();
    let world = World::start_on(database, |_| {});
    let integrator = Integrator::new(&world).await;
    proxy.silence();
    let event = a_ticket_event();
    let ticket = json!({ "title": "Lost in silence" });
    let (read, written, published) = tokio::join!(
        integrator.team.admin.get("/v1/tickets"),
        integrator.team.admin.post("/v1/tickets", &ticket),
        integrator.key.post("/v1/events", &event),
    );
    for reply in [read, written] {
        assert!(reply.header("retry-after").is_some());
        reply.problem(503, "unavailable");
    }
    drop(published);
    proxy.speak();
    within(30, "the database is back", async || {
        integrator.team.admin.get("/v1/tickets").await.status == 200
            && integrator.key.post("/v1/events", &event).await.status == 202
    })
    .await;
}
