//! The HTTP server: the URL table behind the middleware, the document, and the console for everything else.

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{
    App as Web, Error, HttpRequest, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
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
    base::Base,
    clock::Stopwatch,
    console,
    http::{
        body::MAX_BYTES,
        problem::{Failure, REQUEST, RequestContext},
    },
    oauth::error::OAuthError,
    openapi::{
        self, KnownPaths,
        deprecation::{self, Deprecations},
        parameters::{KnownParameters, refuse_unknown},
    },
    routes,
};

/// Builds the server on `listener`, over TLS where `tls` is given; it runs when awaited and stops by its handle.
pub fn build(
    app: App,
    listener: TcpListener,
    tls: Option<rustls::ServerConfig>,
    workers: usize,
) -> io::Result<Server> {
    let document = openapi::document();
    let known = Data::new(KnownPaths::of(&document));
    let deprecations = Data::new(Deprecations::of(&document));
    let parameters = Data::new(KnownParameters::of(&document));
    let auth = Data::new(app.auth.clone());
    let origin: Data<Arc<str>> = Data::new(app.base.settings.issuer().into());
    let app = Data::new(app);
    let server = HttpServer::new(move || {
        let document = document.clone();
        Web::new()
            .app_data(app.clone())
            .app_data(auth.clone())
            .app_data(known.clone())
            .app_data(origin.clone())
            .app_data(parameters.clone())
            .app_data(deprecations.clone())
            .app_data(web::PayloadConfig::new(MAX_BYTES))
            .wrap(from_fn(deprecation::announce))
            .wrap(from_fn(every_request))
            .into_utoipa_app()
            .service(
                scope("/v1")
                    .wrap(from_fn(refuse_unknown))
                    .wrap(from_fn(identify))
                    .configure(routes::v1)
                    .default_service(web::to(unknown)),
            )
            .configure(routes::oauth)
            .service(routes::health::alive)
            .service(routes::health::ready)
            .service(routes::problems::list)
            .service(routes::problems::show)
            .into_app()
            .configure(only_by_post)
            .configure(move |config| openapi::configure(config, &document))
            .default_service(web::get().to(console::serve))
    })
    .workers(workers)
    // Ours: the operator's process decides when to stop.
    .disable_signals()
    .shutdown_timeout(18);
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
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

/// The OAuth endpoints that apps call know one method; other methods are told so in their own protocol's words.
fn only_by_post(config: &mut web::ServiceConfig) {
    let endpoints = ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"];
    config.service(web::resource(endpoints).to(|| async {
        let error = OAuthError::request("Use POST.").status(StatusCode::METHOD_NOT_ALLOWED);
        let mut response = actix_web::ResponseError::error_response(&error);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        response
    }));
}

/// Around every request: its id, and the headers that all answers carry.
async fn every_request(
    app: Data<App>,
    origin: Data<Arc<str>>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request_id(&app.base, &request);
    let kind = PathKind::of(request.path());
    let preflight = kind.is_open_to_scripts() && request.method() == Method::OPTIONS;
    let watched = app.metrics.is_watched().then(|| (request.method().clone(), Stopwatch::start()));
    let context = RequestContext { id: id.clone(), origin: origin.get_ref().clone() };
    let answered = REQUEST
        .scope(context, async move {
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

/// The part of the server that a path belongs to: it decides the headers of the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PathKind {
    /// `/v1`.
    Api,
    /// Endpoints that OAuth apps call, also from a browser's script.
    OAuth,
    /// Endpoints that OAuth apps call from their servers, or that a member's browser goes to.
    OAuthClosed,
    /// Metadata that clients discover.
    WellKnown,
    Docs,
    /// The pages about problems.
    Problems,
    Other,
}

impl PathKind {
    fn of(path: &str) -> Self {
        match path {
            "/oauth/token" | "/oauth/revoke" | "/oauth/par" => Self::OAuth,
            "/oauth/introspect" | "/oauth/authorize" => Self::OAuthClosed,
            "/docs" => Self::Docs,
            "/problems" => Self::Problems,
            _ if path.starts_with("/v1/") => Self::Api,
            _ if path.starts_with("/.well-known/") => Self::WellKnown,
            _ if path.starts_with("/docs/") => Self::Docs,
            _ if path.starts_with("/problems/") => Self::Problems,
            _ => Self::Other,
        }
    }

    /// `true`: any site's scripts may call, with credentials of their own, since cookies do not ride along.
    const fn is_open_to_scripts(self) -> bool {
        matches!(self, Self::Api | Self::OAuth | Self::WellKnown | Self::Problems)
    }
}

/// The document's page styles itself inline; it may load nothing from elsewhere.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

fn decorate(headers: &mut HeaderMap, id: &str, kind: PathKind, preflight: bool) {
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", id);
    set("x-content-type-options", "nosniff");
    if matches!(kind, PathKind::Api | PathKind::OAuth | PathKind::OAuthClosed) {
        set("cache-control", "no-store");
    }
    match kind {
        PathKind::Docs => set("content-security-policy", DOCS_POLICY),
        // The query of an authorization request leaks to no other site.
        PathKind::OAuthClosed => set("referrer-policy", "no-referrer"),
        _ => {}
    }
    if kind.is_open_to_scripts() {
        set("access-control-allow-origin", "*");
        set(
            "access-control-expose-headers",
            "x-request-id, retry-after, ratelimit, ratelimit-policy, www-authenticate, deprecation, sunset",
        );
    }
    if preflight {
        set("access-control-allow-methods", "GET, POST, PATCH, DELETE");
        set("access-control-allow-headers", "authorization, content-type, idempotency-key, x-request-id");
        set("access-control-max-age", "86400");
    }
}

/// The caller's id for the request where it is a plain one, or a new one.
fn request_id(base: &Base, request: &ServiceRequest) -> String {
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
            let (ms, random) = base.random.id_parts(base.now());
            ulid::Ulid::from_parts(ms, random).to_string()
        }
    }
}
