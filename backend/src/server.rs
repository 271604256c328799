//! The HTTP server: the URL table behind the middleware, the document, and the console for everything else.

use std::{io, net::TcpListener};

use actix_web::{
    App as Web, Error, HttpRequest, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::{self, Data},
};
use api_types::ProblemType;
use utoipa_actix_web::{AppExt, scope::scope};

use crate::{
    app::App,
    auth::identify::identify,
    body::MAX_BYTES,
    clock::Stopwatch,
    console,
    openapi::{self, KnownPaths},
    problem::{Failure, REQUEST_ID},
    routes,
};

/// Builds the server on `listener`; it runs when awaited and stops by its handle.
pub fn build(app: App, listener: TcpListener, workers: usize) -> io::Result<Server> {
    let document = openapi::document();
    let known = Data::new(KnownPaths::of(&document));
    let app = Data::new(app);
    let server = HttpServer::new(move || {
        let document = document.clone();
        Web::new()
            .app_data(app.clone())
            .app_data(known.clone())
            .app_data(web::PayloadConfig::new(MAX_BYTES))
            .app_data(web::QueryConfig::default().error_handler(|error, _| {
                Failure::new(ProblemType::BadRequest, format!("The query cannot be read: {error}.")).into()
            }))
            .wrap(from_fn(every_request))
            .into_utoipa_app()
            .service(
                scope("/v1").wrap(from_fn(identify)).configure(routes::v1).default_service(web::to(unknown)),
            )
            .service(routes::health::alive)
            .service(routes::health::ready)
            .into_app()
            .configure(move |config| openapi::configure(config, &document))
            .default_service(web::get().to(console::serve))
    })
    .workers(workers)
    // Ours: the operator's process decides when to stop.
    .disable_signals()
    .shutdown_timeout(18)
    .listen(listener)?;
    Ok(server.run())
}

/// Answers what no operation has: 405 where the path has other methods, 404 otherwise.
async fn unknown(request: HttpRequest, known: Data<KnownPaths>) -> Result<HttpResponse, Failure> {
    match known.methods(request.path()) {
        Some(methods) => {
            let allowed = methods.join(", ");
            let failure = Failure::new(
                ProblemType::MethodNotAllowed,
                format!("{} is not possible here. This path has: {allowed}.", request.method()),
            );
            let mut response = actix_web::ResponseError::error_response(&failure);
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            Ok(response)
        }
        None => {
            Err(Failure::new(ProblemType::NotFound, "There is no such path. /docs lists those that exist."))
        }
    }
}

/// Around every request: its id, and the headers that all answers carry.
async fn every_request(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request_id(&app, &request);
    let kind = Kind::of(request.path());
    let preflight = kind == Kind::Api && request.method() == Method::OPTIONS;
    let watched = app.metrics.is_watched().then(|| (request.method().clone(), Stopwatch::start()));
    let answered = REQUEST_ID
        .scope(id.clone(), async move {
            if preflight {
                return Ok(request.into_response(HttpResponse::NoContent()).map_into_right_body());
            }
            next.call(request).await.map(ServiceResponse::map_into_left_body)
        })
        .await;
    if let Some((method, since)) = watched {
        let (route, status) = match &answered {
            Ok(response) => (response.request().match_pattern(), response.status()),
            Err(error) => (None, error.as_response_error().status_code()),
        };
        app.metrics.request(&method, route, status.as_u16(), since.elapsed());
    }
    match answered {
        Ok(mut response) => {
            decorate(response.headers_mut(), &id, kind, preflight);
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            decorate(response.headers_mut(), &id, kind, preflight);
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// What a path belongs to, which decides its headers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Api,
    Docs,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        if path.starts_with("/v1/") {
            Self::Api
        } else if path == "/docs" || path.starts_with("/docs/") {
            Self::Docs
        } else {
            Self::Other
        }
    }
}

/// The document's page styles itself inline; it may load nothing from elsewhere.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

fn decorate(headers: &mut HeaderMap, id: &str, kind: Kind, preflight: bool) {
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", id);
    set("x-content-type-options", "nosniff");
    match kind {
        Kind::Api => {
            set("cache-control", "no-store");
            // Any site's scripts may call with a key; cookies do not ride along, since credentials are not allowed.
            set("access-control-allow-origin", "*");
            set("access-control-expose-headers", "x-request-id, retry-after, ratelimit, ratelimit-policy");
            if preflight {
                set("access-control-allow-methods", "GET, POST, PATCH, DELETE");
                set(
                    "access-control-allow-headers",
                    "authorization, content-type, idempotency-key, x-request-id",
                );
                set("access-control-max-age", "86400");
            }
        }
        Kind::Docs => set("content-security-policy", DOCS_POLICY),
        Kind::Other => {}
    }
}

/// The caller's id for the request where it is a plain one, or a new one.
fn request_id(app: &App, request: &ServiceRequest) -> String {
    const MAX: usize = 64;
    let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    match given {
        Some(id)
            if (1..=MAX).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) =>
        {
            id.to_owned()
        }
        _ => {
            let (ms, chance) = app.chance.id_parts(app.clock.now());
            ulid::Ulid::from_parts(ms, chance).to_string()
        }
    }
}
