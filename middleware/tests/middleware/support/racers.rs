//! Sign-ins of one user at the same moment.

use axum::body::Body;
use http::{Request, StatusCode, header};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::world::{APP, World};

/// What the app answered one of them.
pub struct Racer {
    pub status: StatusCode,
    /// The session's cookie, if one was given.
    pub cookie: Option<String>,
}

/// Ada Lovelace comes back from the provider with so many browsers at once, to one instance and the
/// other in turn.
pub async fn sign_in_at_once(world: &World, count: usize) -> Vec<Racer> {
    let form = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = form.into();
    let mut answers = Vec::new();
    for number in 0..count {
        let mut visitor = world.visitor();
        let page = visitor.opens("/private").await;
        let callback = visitor.fills(&page, "signInName", &form).await;
        let cookies = visitor.cookies().iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let app = [&world.app, &world.second][number % 2];
        answers.push((app.clone(), callback, cookies.join("; ")));
    }
    let mut racers = JoinSet::new();
    for (app, callback, cookies) in answers {
        racers.spawn(async move {
            let path = callback.strip_prefix(APP).unwrap().to_owned();
            let request = Request::get(path).header(header::COOKIE, cookies);
            let request = request.header(header::ACCEPT, "text/html");
            let answer = app.oneshot(request.body(Body::empty()).unwrap()).await;
            let answer = answer.unwrap();
            let set = answer.headers().get_all(header::SET_COOKIE).iter();
            let mut pairs = set.filter_map(|set| set.to_str().ok()?.split(';').next());
            let is_session = |pair: &&str| {
                pair.strip_prefix("b2c-session-5000=")
                    .is_some_and(|value| !value.is_empty())
            };
            Racer {
                status: answer.status(),
                cookie: pairs.find(is_session).map(str::to_owned),
            }
        });
    }
    racers.join_all().await
}
