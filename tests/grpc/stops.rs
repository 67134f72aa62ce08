//! The examples end in order.

use std::process::Command;
use std::time::{Duration, Instant};

use b2c_emulator::{Emulator, Endpoint, Misbehaviour};
use e2e::Person;
use example_tonic_grpc::notes::WatchRequest;
use example_tonic_grpc::notes::notes_client::NotesClient;
use example_tonic_grpc::stop;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_b2c::B2cLayer;

use crate::bench::{listener, place, token};

/// Well before what has begun would be cut off.
const IN_TIME: Duration = Duration::from_secs(20);

/// An example that serves until it is stopped.
struct Running<E> {
    emulator: Emulator,
    base_url: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), E>>,
}

impl<E: std::fmt::Debug> Running<E> {
    /// Stops it in the midst of a sign-in whose token request takes five seconds: that comes to its end,
    /// and nobody is taken in any more.
    async fn stops_in_the_midst_of_a_sign_in(self) {
        // Time enough to see it under way, well within the ten seconds that a provider is given.
        let slow = Misbehaviour::Delay(Duration::from_secs(5));
        self.emulator.misbehave(Endpoint::Token, slow);
        let mut person = Person::new(&self.base_url).unwrap();
        let page = person.opens("/login").await.unwrap();
        let name = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let stopping = async {
            // Until the token request is on its way: the one that stays.
            let mut looks = 0;
            let begun = Instant::now();
            while looks < 10 {
                assert!(begun.elapsed() < IN_TIME, "no token was asked for");
                tokio::time::sleep(Duration::from_millis(10)).await;
                let stays = self.emulator.requests_under_way() > 0;
                looks = if stays { looks + 1 } else { 0 };
            }
            self.stop.send(()).unwrap();
        };
        // Where it leads then nobody answers any more.
        let _ = tokio::join!(person.submits(&page, "signInName", &name), stopping);
        let mut answers = person.answers.iter().rev();
        let callback = answers.find(|answer| answer.url.contains("/getAToken"));
        let callback = callback.unwrap();
        assert_eq!(callback.status, 303, "{callback:?}");
        assert!(callback.headers.contains_key("set-cookie"), "{callback:?}");
        let served = tokio::time::timeout(IN_TIME, self.served).await;
        served.unwrap().unwrap().unwrap();
        assert!(person.opens("/").await.is_err(), "somebody answers");
    }
}

#[tokio::test]
async fn sigterm_is_heard_from_the_start_on() {
    let stop = stop::signal().unwrap();
    let process = std::process::id().to_string();
    let sent = Command::new("kill").args(["-s", "TERM", &process]).status();
    assert!(sent.unwrap().success());
    let heard = tokio::time::timeout(IN_TIME, stop).await;
    heard.expect("before anybody waited for it");
}

#[tokio::test]
async fn the_server_of_hyper_alone_finishes_what_has_begun() {
    let (listener, base_url, emulator, config) = place(|_| String::new()).await;
    let layer = B2cLayer::new(config).unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { stopped.await.unwrap() };
    let served = tokio::spawn(example_hyper_plain::serve(listener, layer, stopped));
    let running = Running {
        emulator,
        base_url,
        stop,
        served,
    };
    running.stops_in_the_midst_of_a_sign_in().await;
}

#[tokio::test]
async fn the_web_app_and_the_grpc_service_finish_what_has_begun_and_end_streams() {
    let (api, api_address) = listener().await;
    let downstream = |emulator: &Emulator| {
        format!(
            "[[downstream]]\nname = \"notes\"\nbase_url = \"http://{api_address}\"\n\
             resource = \"https://{}/demo-api\"\nscopes = [\"demo.read\"]",
            emulator.tenant()
        )
    };
    let (site, base_url, emulator, config) = place(downstream).await;
    let (stop, stopped) = oneshot::channel();
    let stopped = async { stopped.await.unwrap() };
    let served = example_tonic_grpc::serve::serve(config, site, api, stopped);
    let served = tokio::spawn(served);

    let channel = tonic::transport::Channel::from_shared(format!("http://{api_address}"));
    let mut client = NotesClient::new(channel.unwrap().connect().await.unwrap());
    let mut request = tonic::Request::new(WatchRequest {});
    let token = emulator.forge(&token(&["demo.read"])).unwrap();
    let value = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    let mut watching = client.watch(request).await.unwrap().into_inner();
    let running = Running {
        emulator,
        base_url,
        stop,
        served,
    };
    running.stops_in_the_midst_of_a_sign_in().await;
    let end = watching.message().await;
    assert!(matches!(end, Ok(None)), "{end:?}");
}
