//! Serving and working until a signal to stop.

use actix_web::App;
use nest_api::{Host, Tls};
use nest_market::money::{BatchState, FilePayout};
use nest_market::rest::MarketApi;
use nest_market::{Market, Worker};

use crate::args::Serve;
use crate::failure::{Failure, unavailable};

/// Serves the API, with a worker beside it.
pub(crate) async fn serve(market: &Market, serve: &Serve) -> Result<(), Failure> {
    let mut host = Host::new();
    if let (Some(certificate), Some(key)) = (&serve.tls_certificate, &serve.tls_key) {
        let tls = Tls::from_files(certificate, key).map_err(|error| Failure::Settings(error.to_string()))?;
        host = host.tls(tls);
    }
    if serve.plain_http_anywhere {
        host = host.plain_http_anywhere();
    }
    let api = MarketApi::new(market);
    let app = move || App::new().configure(|cfg| api.configure(cfg));
    let hosted = host.bind(serve.listen, app).map_err(|error| Failure::Settings(error.to_string()))?;
    println!("listening at {}", hosted.url());
    let handle = hosted.handle();
    let stopped = async {
        signal().await;
        handle.stop(true).await;
    };
    let worker = Worker::new(market);
    let work = async {
        if !serve.no_worker {
            worker.run_until(signal()).await;
        }
    };
    let (ran, (), ()) = tokio::join!(hosted.run(), stopped, work);
    ran.map_err(unavailable)
}

/// Does tasks, and hands approved batches over where a folder for them is named.
pub(crate) async fn work(
    market: &Market,
    once: bool,
    payouts_to: Option<&std::path::Path>,
) -> Result<(), Failure> {
    let worker = Worker::new(market);
    if once {
        let done = worker.run_due().await.map_err(unavailable)?;
        println!("{done} tasks");
        return hand_over(market, payouts_to).await;
    }
    let payouts = async {
        loop {
            if let Err(failure) = hand_over(market, payouts_to).await {
                eprintln!("nest-market: {failure}");
            }
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
    };
    tokio::select! {
        () = worker.run_until(signal()) => Ok(()),
        () = payouts => Ok(()),
    }
}

async fn hand_over(market: &Market, folder: Option<&std::path::Path>) -> Result<(), Failure> {
    let Some(folder) = folder else { return Ok(()) };
    let files = FilePayout::new(folder);
    for batch in market.payouts().batches(BatchState::Approved).await.map_err(unavailable)? {
        market.payouts().hand_over(batch, &files).await.map_err(unavailable)?;
        println!("payout-{batch}.csv");
    }
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}
