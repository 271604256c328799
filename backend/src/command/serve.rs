//! The long-running commands: `serve` and `worker`.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use super::{
    error::CommandError,
    files,
    node::{build, is_embedded, lock_folder, loopback},
    stop::StopSignal,
};
use crate::{
    app::App,
    auth::usage,
    base::{FixedNames, Settings},
    config::{Serve, Worker},
    delivery::{cancel, keep_ending, recovery, retention, worker::Worker as DeliveryWorker},
    expiry,
    metrics::scrape,
    oauth::publisher_domains::recheck,
    server, timekeeper,
    tls::ServerCertificate,
};

/// Serves the API and the console until a signal stops it.
pub fn serve(args: &Serve) -> Result<(), CommandError> {
    let lock = lock_folder(&args.database)?;
    let listener = listen("--listen", args.listen)?;
    let public_url = public_url(args, address_of(&listener)?)?;
    let settings = Settings {
        allowed_destinations: args.destinations.allow_destination.clone(),
        publish_limit: args.publish_limit,
        delivery_addresses: args.delivery_address.clone(),
        keep_days: args.keeping.keep_days,
        keep_audit_days: args.keeping.keep_audit_days,
        trusted_proxies: args.trusted_proxy.clone(),
        names: fixed_names(&args.fixed_name),
        ..files::divide(Settings::new(public_url))
    };
    let files = args.tls_cert.as_deref().zip(args.tls_key.as_deref());
    let certificate =
        files.map(|(certificate, key)| ServerCertificate::read(certificate, key)).transpose()?;
    let app = build(&args.database, settings)?;
    let metrics = listen_for_metrics(args.metrics_listen)?;
    actix_web::rt::System::new().block_on(async {
        let _link = app.link(&args.database.database_url);
        show_metrics(&app, metrics)?;
        run(app, listener, certificate, !args.no_worker).await
    })?;
    drop(lock);
    Ok(())
}

/// The names of a test, if there are any.
fn fixed_names(given: &[(String, SocketAddr)]) -> Option<FixedNames> {
    let names = FixedNames::default();
    for (name, place) in given {
        names.set_at(name, *place);
    }
    (!given.is_empty()).then_some(names)
}

/// Connections that the kernel may hold until the server takes them: the standard library's 128 are too few for a crowd
/// that comes at once. A client beyond them waits a second or longer, and one that says nothing never learns of it.
const BACKLOG: i32 = 4_096;

/// Takes the address that the flag names.
fn listen(flag: &str, address: SocketAddr) -> Result<TcpListener, CommandError> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        rustix::net::listen(&listener, BACKLOG)?;
        Ok(listener)
    });
    listener.map_err(CommandError::of(format!(
        "cannot listen on {address}; stop what listens there, or choose another {flag}"
    )))
}

fn listen_for_metrics(address: Option<SocketAddr>) -> Result<Option<TcpListener>, CommandError> {
    address.map(|address| listen("--metrics-listen", address)).transpose()
}

/// The address that a listener got.
fn address_of(listener: &TcpListener) -> Result<SocketAddr, CommandError> {
    listener.local_addr().map_err(CommandError::of("the listening address is gone"))
}

/// Answers Prometheus for as long as the process lives.
fn show_metrics(app: &App, listener: Option<TcpListener>) -> Result<(), CommandError> {
    let Some(listener) = listener else { return Ok(()) };
    tracing::info!(address = %address_of(&listener)?, "metrics");
    let server = scrape::serve(app.delivery.clone(), listener);
    actix_web::rt::spawn(server.map_err(CommandError::of("metrics cannot be served"))?);
    Ok(())
}

async fn run(
    app: App,
    listener: TcpListener,
    certificate: Option<Arc<ServerCertificate>>,
    deliver: bool,
) -> Result<(), CommandError> {
    let address = address_of(&listener)?;
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let tls = certificate.as_ref().map(ServerCertificate::config).transpose()?;
    let server = server::build(app.clone(), listener, tls, workers);
    let server = server.map_err(CommandError::of(format!("cannot serve on {address}")))?;
    let handle = server.handle();
    let stop = StopSignal::catch()?;
    tracing::info!(%address, public_url = %app.base.settings.public_url, "serving");
    let worker = deliver.then(|| DeliveryWorker::start(app.delivery.clone()));
    let mut background = vec![
        tokio::spawn(usage::keep_writing(app.auth.usage.clone(), app.base.clone())),
        tokio::spawn(expiry::keep(app.auth.clone())),
        tokio::spawn(retention::keep(app.base.clone())),
        tokio::spawn(timekeeper::keep(app.base.clone())),
        tokio::spawn(cancel::keep(app.base.clone())),
        tokio::spawn(keep_ending(app.delivery.clone())),
        tokio::spawn(recheck::keep(app.base.clone(), app.delivery.sender.clone())),
    ];
    if deliver {
        background.push(tokio::spawn(recovery::keep(app.delivery.clone())));
    }
    if let Some(certificate) = certificate {
        background.push(tokio::spawn(certificate.keep_fresh(app.base.clock.clone())));
    }
    let running = tokio::spawn(server);
    tokio::select! {
        () = stop.wait() => tracing::info!("stopping"),
        ended = running => {
            let ended = ended.map_err(CommandError::of("the server"))?;
            return ended.map_err(CommandError::of("the server"));
        }
    }
    // Streams would go on for ever; they end first.
    app.signals.close();
    // Requests and attempts come to their ends side by side: together they have twenty seconds.
    futures_util::future::join(handle.stop(true), async {
        if let Some(worker) = worker {
            worker.stop().await;
        }
    })
    .await;
    for task in background {
        task.abort();
    }
    app.auth.usage.flush(&app.base).await;
    Ok(())
}

/// Delivers until a signal stops it.
pub fn worker(args: &Worker) -> Result<(), CommandError> {
    if is_embedded(&args.database) {
        return Err(CommandError::new(
            "sayless worker needs PostgreSQL: with SQLite, sayless serve delivers itself",
        ));
    }
    let settings = Settings {
        allowed_destinations: args.destinations.allow_destination.clone(),
        keep_days: args.keeping.keep_days,
        keep_audit_days: args.keeping.keep_audit_days,
        ..files::divide(Settings::new(args.public_url.clone().map_or_else(loopback, Ok)?))
    };
    let app = build(&args.database, settings)?;
    actix_web::rt::System::new().block_on(async {
        let stop = StopSignal::catch()?;
        // The signals are caught by now: an operator who sees the address answer may stop the node at once.
        show_metrics(&app, listen_for_metrics(args.metrics_listen)?)?;
        let _link = app.link(&args.database.database_url);
        let worker = DeliveryWorker::start(app.delivery.clone());
        let background = [
            tokio::spawn(recovery::keep(app.delivery.clone())),
            tokio::spawn(retention::keep(app.base.clone())),
            tokio::spawn(timekeeper::keep(app.base.clone())),
            tokio::spawn(cancel::keep(app.base.clone())),
            tokio::spawn(keep_ending(app.delivery.clone())),
        ];
        tracing::info!("delivering");
        stop.wait().await;
        tracing::info!("stopping");
        worker.stop().await;
        for task in background {
            task.abort();
        }
        Ok(())
    })
}

/// The URL at which browsers reach us: as told, or the address that we listen on where only this machine reaches it.
fn public_url(args: &Serve, listen: SocketAddr) -> Result<url::Url, CommandError> {
    let url = match &args.public_url {
        Some(url) => url.clone(),
        None if listen.ip().is_loopback() => {
            let scheme = if args.tls_cert.is_some() { "https" } else { "http" };
            format!("{scheme}://{listen}")
                .parse()
                .map_err(|error| CommandError::new(format!("{scheme}://{listen} is no URL: {error}")))?
        }
        None => return Err(CommandError::new(format!("listening on {listen} needs an https --public-url"))),
    };
    if url.scheme() != "https" && !listen.ip().is_loopback() {
        return Err(CommandError::new(format!(
            "listening on {listen} needs an https --public-url, not {url}"
        )));
    }
    Ok(url)
}
