//! The long-running commands: `serve` and `worker`.

use std::{
    fs::File,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use fs4::FileExt;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    error::CommandError,
    node::{build, is_embedded, loopback, make_folder},
};
use crate::{
    app::App,
    auth::usage,
    base::Settings,
    config::{Database, Serve, Worker},
    delivery::{recovery, retention, worker::Worker as DeliveryWorker},
    expiry,
    metrics::scrape,
    server,
    tls::ServerCertificate,
};

/// Serves the API and the console until SIGTERM or SIGINT.
pub fn serve(args: &Serve) -> Result<(), CommandError> {
    let public_url = public_url(args)?;
    let lock = lock_folder(&args.database)?;
    let settings = Settings {
        allowed_destinations: args.destinations.allow_destination.clone(),
        publish_limit: args.publish_limit,
        keep_days: args.keeping.keep_days,
        trusted_proxies: args.trusted_proxy.clone(),
        ..Settings::new(public_url)
    };
    let files = args.tls_cert.as_deref().zip(args.tls_key.as_deref());
    let certificate =
        files.map(|(certificate, key)| ServerCertificate::read(certificate, key)).transpose()?;
    let app = build(&args.database, settings)?;
    let listener = listen(args.listen)?;
    let metrics = args.metrics_listen.map(listen).transpose()?;
    actix_web::rt::System::new().block_on(async {
        let _link = app.link(&args.database.database_url);
        show_metrics(&app, metrics)?;
        run(app, listener, certificate, !args.no_worker).await
    })?;
    drop(lock);
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address)
        .map_err(|error| CommandError::new(format!("cannot listen on {address}: {error}")))
}

/// Answers Prometheus for as long as the process lives.
fn show_metrics(app: &App, listener: Option<TcpListener>) -> Result<(), CommandError> {
    let Some(listener) = listener else { return Ok(()) };
    tracing::info!(address = %listener.local_addr()?, "metrics");
    actix_web::rt::spawn(scrape::serve(app.delivery.clone(), listener)?);
    Ok(())
}

async fn run(
    app: App,
    listener: TcpListener,
    certificate: Option<Arc<ServerCertificate>>,
    deliver: bool,
) -> Result<(), CommandError> {
    let address = listener.local_addr()?;
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let tls = certificate.as_ref().map(ServerCertificate::config).transpose()?;
    let server = server::build(app.clone(), listener, tls, workers)?;
    let handle = server.handle();
    let stop = StopSignal::catch()?;
    tracing::info!(%address, public_url = %app.base.settings.public_url, "serving");
    let worker = deliver.then(|| DeliveryWorker::start(app.delivery.clone()));
    let mut background = vec![
        tokio::spawn(usage::keep_writing(app.auth.usage.clone(), app.base.clone())),
        tokio::spawn(expiry::keep(app.auth.clone())),
        tokio::spawn(retention::keep(app.base.clone())),
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
        ended = running => return ended.map_err(|error| CommandError::new(error.to_string()))?.map_err(Into::into),
    }
    // Streams would go on for ever; they end first.
    app.signals.hub.close();
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

/// Delivers until SIGTERM or SIGINT.
pub fn worker(args: &Worker) -> Result<(), CommandError> {
    if is_embedded(&args.database) {
        return Err(CommandError::new(
            "sayless worker needs PostgreSQL: with SQLite, sayless serve delivers itself",
        ));
    }
    let settings = Settings {
        allowed_destinations: args.destinations.allow_destination.clone(),
        keep_days: args.keeping.keep_days,
        ..Settings::new(args.public_url.clone().map_or_else(loopback, Ok)?)
    };
    let app = build(&args.database, settings)?;
    let metrics = args.metrics_listen.map(listen).transpose()?;
    actix_web::rt::System::new().block_on(async {
        let stop = StopSignal::catch()?;
        show_metrics(&app, metrics)?;
        let _link = app.link(&args.database.database_url);
        let worker = DeliveryWorker::start(app.delivery.clone());
        let background = [
            tokio::spawn(recovery::keep(app.delivery.clone())),
            tokio::spawn(retention::keep(app.base.clone())),
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

/// SIGTERM and SIGINT, caught from the moment this exists.
pub(super) struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Catches both signals; called before anybody is told that we are there, so that none is missed.
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for either signal.
    pub(super) async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The URL at which browsers reach us: as told, or our own address where only this machine reaches it.
fn public_url(args: &Serve) -> Result<url::Url, CommandError> {
    let listen = args.listen;
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
    if url.host().is_none() || !matches!(url.path(), "" | "/") || url.query().is_some() {
        return Err(CommandError::new(format!(
            "--public-url {url} must be a scheme, a host and perhaps a port"
        )));
    }
    Ok(url)
}

/// Keeps a second server off an embedded database; the lock goes with the process.
fn lock_folder(database: &Database) -> Result<Option<File>, CommandError> {
    let Some(folder) = database.data_folder() else { return Ok(None) };
    make_folder(&folder)?;
    let file = File::create(folder.join("serve.lock"))?;
    FileExt::try_lock(&file).map_err(|_| {
        CommandError::new(format!("another sayless serve is using {}; stop it first", folder.display()))
    })?;
    Ok(Some(file))
}
