//! Runs what a page shows, and compares the first answers with what the page says.

use std::fmt::Debug;

use b2c_emulator::{Emulator, UserFlow};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Bytes;
use tower::{Service, ServiceExt as _};
use tower_b2c::Config;

use crate::settings;

/// Gives a program on a page an emulator and a runtime.
///
/// # Panics
///
/// When the program fails.
#[allow(clippy::panic, reason = "that is how a documentation test fails")]
pub fn with_emulator<E: Debug>(run: impl AsyncFnOnce(Emulator) -> Result<(), E>) {
    let tried = || -> std::io::Result<Result<(), E>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let emulator = Emulator::builder()
                .user_flow(UserFlow::sign_up_sign_in("B2C_1A_stepup"))
                .start()
                .await;
            Ok(run(emulator.map_err(std::io::Error::other)?).await)
        })
    };
    match tried() {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("{error:?}"),
        Err(error) => panic!("{error}"),
    }
}

/// Tries an app: somebody without a session opens each of these paths in a browser, and gets this
/// status.
///
/// # Panics
///
/// When an answer is another one.
#[allow(clippy::panic, reason = "that is how a documentation test fails")]
pub fn answers<S, B, E>(app: impl FnOnce(Config) -> Result<S, E>, expected: &[(&str, u16)])
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone,
    S::Error: Debug,
    E: Debug,
{
    with_emulator(async |emulator| {
        let config = settings(&emulator, "").map_err(|error| format!("{error}"))?;
        let app = app(config).map_err(|error| format!("{error:?}"))?;
        for (path, status) in expected {
            let request = Request::get(*path)
                .header("accept", "text/html")
                .header("sec-fetch-mode", "navigate")
                .body(Full::default());
            let request = request.map_err(|error| error.to_string())?;
            let answer = app.clone().oneshot(request).await;
            let answer = answer.map_err(|error| format!("{path}: {error:?}"))?;
            if answer.status() != *status {
                return Err(format!(
                    "{path} is answered with {}, not {status}",
                    answer.status()
                ));
            }
        }
        Ok::<_, String>(())
    });
}
