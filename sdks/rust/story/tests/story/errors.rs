//! What the server refuses, and how a program is told.

use crate::world::{Admin, env, sayless, unique};
use sayless::models::{FaultCode, FieldPlace, NewTicket, ProblemType, Scope, TicketChanges, TicketStatus};
use sayless::{ApiError, Error, ErrorKind, Sayless};

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ApiError {
    match outcome {
        Err(Error::Api(error)) => {
            assert!(error.request_id.is_some(), "{error:?}");
            *error
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let error = refusal(sayless().tickets().create(&NewTicket::new("")).await);
    assert_eq!((error.kind, error.status), (ErrorKind::Validation, 422));
    assert_eq!(error.code, ProblemType::Validation);
    let field = &error.fields[0];
    assert_eq!((&field.place, field.pointer.as_str()), (&FieldPlace::Body, "/title"));
    assert_eq!(field.code, FaultCode::TooShort);
    assert!(!field.detail.is_empty() && !error.detail.is_empty());
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let (_, key) = Admin::sign_in().await.key(&[Scope::TicketsRead]).await;
    let reader = Sayless::new(env("SAYLESS_URL"), key).unwrap();
    reader.tickets().list().limit(1).page().await.unwrap();
    let error = refusal(reader.tickets().create(&NewTicket::new("No")).await);
    assert_eq!((error.kind, error.scope), (ErrorKind::Permission, Some(Scope::TicketsWrite)));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let sayless = sayless();
    let error = refusal(sayless.tickets().get("tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ").await);
    assert_eq!((error.kind, error.code), (ErrorKind::NotFound, ProblemType::NotFound));
    let error = sayless.tickets().get("..").await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
}

#[tokio::test]
async fn a_change_of_an_old_version_is_refused() {
    let sayless = sayless();
    let made = sayless.tickets().create(&NewTicket::new(unique("Race"))).await.unwrap();
    let read = sayless.tickets().get(&made.id).with_response().await.unwrap();
    let etag = read.etag.clone().unwrap();
    let close = TicketChanges::new().status(TicketStatus::Closed);
    let closed = sayless.tickets().update(&made.id, &close).if_match(&etag).await.unwrap();
    assert_eq!(closed.status, TicketStatus::Closed);
    let title = TicketChanges::new().title("Later");
    let error = refusal(sayless.tickets().update(&made.id, &title).if_match(&etag).await);
    assert_eq!((error.kind, error.status), (ErrorKind::PreconditionFailed, 412));
    assert_eq!(sayless.tickets().get(&made.id).await.unwrap().title, read.title);
}

#[tokio::test]
async fn a_key_with_another_body_is_refused() {
    let (sayless, key) = (sayless(), unique("order").replace(' ', "-"));
    let create = |title: &str| sayless.tickets().create(&NewTicket::new(title)).idempotency_key(&key);
    let first = create("One").with_response().await.unwrap();
    let again = create("One").with_response().await.unwrap();
    assert_eq!((first.replayed, again.replayed, &again.id), (false, true, &first.id));
    assert_eq!(refusal(create("Two").await).code, ProblemType::IdempotencyMismatch);
}

#[tokio::test]
async fn a_revoked_key_and_a_wrong_one_are_refused() {
    let admin = Admin::sign_in().await;
    let (id, key) = admin.key(&[Scope::TicketsRead]).await;
    let reader = Sayless::new(env("SAYLESS_URL"), key).unwrap();
    reader.session().get().await.unwrap();
    admin.post(&format!("/v1/api-keys/{id}/revoke"), &serde_json::json!({ "reason": "a test" })).await;
    let error = refusal(reader.tickets().list().page().await);
    assert_eq!((error.kind, error.code), (ErrorKind::Authentication, ProblemType::KeyRevoked));
    let stranger = Sayless::new(env("SAYLESS_URL"), "slk_nobody").unwrap();
    assert_eq!(refusal(stranger.session().get().await).kind, ErrorKind::Authentication);
    let app = Sayless::builder().client_credentials(env("SAYLESS_APP_ID"), "sls_wrong").build().unwrap();
    let error = app.session().get().await.unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Authentication));
    assert_eq!(error.api().unwrap().code.as_str(), "invalid_client");
}
