//! The HTTP server: the URL table behind the middleware, the document, and the console for everything else.

mod admission;
mod compression;
mod cors;
mod head;
mod listen;
mod malformed;
mod methods;
mod path;
mod watch;

use std::{
    io,
    net::TcpListener,
    sync::{Arc, OnceLock},
};

use actix_web::{
    App as Web, Error, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{Server, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        ConnectionType, Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::{self, Data},
};
use api_types::ProblemType;

use self::{
    compression::Compression,
    cors::Preflight,
    listen::Door,
    malformed::Explain,
    methods::{KnownPaths, unknown},
    path::PathKind,
    watch::UnderWay,
};
use crate::{
    app::App,
    auth::identify::identify,
    base::Base,
    clock::Stopwatch,
    db::share,
    docs::{self, Site},
    http::{
        payload::{BodyPatience, MAX_BYTES},
        problem::{Failure, REQUEST, RequestContext},
    },
    openapi::{
        self, Pages,
        deprecation::{self, Deprecations},
        parameters::{KnownParameters, refuse_unknown},
    },
    routes,
};

/// The longest path with its query that is read, in bytes.
const MAX_URI: usize = 16 * 1024;

/// Builds the server on `listener`, over TLS where `tls` is given; it runs when awaited and stops by its handle.
pub fn build(
    app: App,
    listener: TcpListener,
    tls: Option<rustls::ServerConfig>,
    workers: usize,
) -> io::Result<Server> {
    let documented = Arc::new(OnceLock::new());
    let pages = Pages::all();
    let site = Data::new(Site::new(&app.base.settings.issuer()));
    let auth = Data::new(app.auth.clone());
    let documents = Data::new(app.documents.clone());
    let origin: Data<Arc<str>> = Data::new(app.base.settings.issuer().into());
    let app = Data::new(app);
    let over_tls = OverTls(tls.is_some());
    let body_patience = BodyPatience(app.base.settings.patience.body);
    let settings = Arc::clone(&app.base.settings);
    let explain = explain(app.base.clone(), origin.get_ref().clone(), over_tls.0);
    let application = move || {
        let Documented { known, deprecations, parameters } = documented.get_or_init(Documented::read).clone();
        Web::new()
            .app_data(app.clone())
            .app_data(auth.clone())
            .app_data(documents.clone())
            .app_data(known)
            .app_data(origin.clone())
            .app_data(site.clone())
            .app_data(parameters)
            .app_data(deprecations)
            .app_data(over_tls)
            .app_data(web::PayloadConfig::new(MAX_BYTES))
            .app_data(body_patience)
            .wrap(from_fn(deprecation::announce))
            .wrap(from_fn(every_request))
            .service(
                web::scope("/v1")
                    .wrap(from_fn(refuse_unknown))
                    .wrap(from_fn(identify))
                    .configure(routes::v1)
                    .default_service(web::to(unknown)),
            )
            .configure(routes::around_v1)
            .configure(|config| pages.configure(config))
            .configure(docs::configure)
            .default_service(web::to(unknown))
    };
    let server = Server::build()
        .workers(workers)
        // Ours: the operator's process decides when to stop.
        .disable_signals()
        .shutdown_timeout(18);
    listen::listen(server, listener, tls, Door::new(&settings, explain), application)
}

/// Facts of the OpenAPI document by which the server judges requests.
#[derive(Clone)]
struct Documented {
    known: Data<KnownPaths>,
    deprecations: Data<Deprecations>,
    parameters: Data<KnownParameters>,
}

impl Documented {
    /// Reads the document, which takes some 8 MB and is then no longer needed. A thread that answers requests should do it: such a
    /// thread uses the memory again, which would lie idle on any other.
    fn read() -> Self {
        let document = openapi::document();
        Self {
            known: Data::new(KnownPaths::of(&document)),
            deprecations: Data::new(Deprecations::of(&document)),
            parameters: Data::new(KnownParameters::of(&document)),
        }
    }
}

/// Makes answers to what is no request: whole ones, since no middleware sees them.
fn explain(base: Base, origin: Arc<str>, over_tls: bool) -> Arc<Explain> {
    Arc::new(move |kind| {
        let detail = match kind {
            ProblemType::UriTooLong => format!("The URI is longer than the {MAX_URI} bytes that are read."),
            ProblemType::RequestTimeout => "The request's head did not come in time.".to_owned(),
            ProblemType::HeadersTooLarge => "The headers are longer, or more, than are read.".to_owned(),
            _ => {
                "This is no HTTP request that can be read: its first line or one of its headers is malformed."
                    .to_owned()
            }
        };
        let about = About { id: new_id(&base), kind: PathKind::Api, preflight: None, over_tls };
        let context = RequestContext { id: about.id.clone(), origin: Arc::clone(&origin) };
        let mut response = REQUEST.sync_scope(context, || Failure::new(kind, detail).error_response());
        decorate(response.headers_mut(), &about);
        response.head_mut().set_connection_type(ConnectionType::Close);
        malformed::printed(response)
    })
}

/// Whether this server speaks TLS itself, so that browsers may be told to come back over TLS alone.
#[derive(Clone, Copy, Debug)]
struct OverTls(bool);

/// What the headers of an answer depend on, read before the request is handed on.
struct About {
    id: String,
    kind: PathKind,
    preflight: Option<Preflight>,
    over_tls: bool,
}

impl About {
    fn read(base: &Base, request: &ServiceRequest) -> Self {
        let kind = PathKind::of(request.match_info().as_str());
        Self {
            id: request_id(base, request),
            kind,
            preflight: Preflight::of(request).filter(|_| kind.is_open_to_scripts()),
            over_tls: request.app_data::<OverTls>().is_some_and(|tls| tls.0),
        }
    }

    /// The answer to a request that no handler needs to see.
    fn early_answer(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > MAX_URI) {
            let detail = format!("The URI is longer than the {MAX_URI} bytes that are read.");
            return Some(Failure::new(ProblemType::UriTooLong, detail).error_response());
        }
        if self.preflight.is_some() {
            return Some(HttpResponse::NoContent().finish());
        }
        let asks = self.kind.is_open_to_scripts() && request.method() == Method::OPTIONS;
        let known = request.app_data::<Data<KnownPaths>>().filter(|_| asks)?;
        Some(methods::options(request.match_info().as_str(), known))
    }
}

/// Around every request: its id, HEAD, and the headers that all answers carry.
async fn every_request(
    app: Data<App>,
    origin: Data<Arc<str>>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_head = head::as_get(&mut request);
    let about = About::read(&app.base, &request);
    let under_way = UnderWay::begin(&request);
    let watched = app.metrics.is_watched().then(|| (request.method().clone(), Stopwatch::start()));
    let compression = Compression::of(&request, about.kind);
    let context = RequestContext { id: about.id.clone(), origin: origin.get_ref().clone() };
    let early = REQUEST.sync_scope(context.clone(), || about.early_answer(&request));
    let answered = match early {
        Some(answer) => Ok(request.into_response(answer)),
        None => share::for_request(REQUEST.scope(context, next.call(request)))
            .await
            .map(ServiceResponse::map_into_boxed_body),
    };
    if let Some((method, since)) = watched {
        let (route, status) = match &answered {
            Ok(response) => (response.request().match_pattern(), response.status()),
            Err(error) => (None, error.as_response_error().status_code()),
        };
        app.metrics.request(&method, route, status.as_u16(), since.elapsed());
    }
    match answered {
        Ok(response) => {
            let mut response = compression.apply(response).await;
            decorate(response.headers_mut(), &about);
            if is_head {
                return Ok(response.map_body(|head, body| head::drop_body(head, &body)));
            }
            Ok(UnderWay::until_answered(under_way, response))
        }
        Err(error) => {
            let mut response = error.error_response();
            decorate(response.headers_mut(), &about);
            let response =
                if is_head { response.map_body(|head, body| head::drop_body(head, &body)) } else { response };
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// The document's page styles itself inline; it may load nothing from elsewhere.
const REFERENCE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

fn decorate(headers: &mut HeaderMap, about: &About) {
    if let Ok(id) = HeaderValue::from_str(&about.id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    let mut set =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if about.over_tls {
        // Two years. Other names of the operator's domain are not ours to speak for.
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    match about.kind {
        PathKind::Api | PathKind::OAuth | PathKind::OAuthClosed => {
            set(header::CACHE_CONTROL, "no-store");
        }
        _ => {}
    }
    match about.kind {
        PathKind::Reference => {
            set(header::CONTENT_SECURITY_POLICY, REFERENCE_POLICY);
        }
        PathKind::Docs => {
            set(header::CONTENT_SECURITY_POLICY, docs::POLICY);
        }
        // The query of an authorization request leaks to no other site.
        PathKind::OAuthClosed => {
            set(header::REFERRER_POLICY, "no-referrer");
        }
        _ => {}
    }
    if about.kind.is_open_to_scripts() {
        cors::open(headers);
    }
    if let Some(preflight) = &about.preflight {
        preflight.allow(headers);
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
        _ => new_id(base),
    }
}

fn new_id(base: &Base) -> String {
    let (ms, random) = base.random.id_parts(base.now());
    ulid::Ulid::from_parts(ms, random).to_string()
}
