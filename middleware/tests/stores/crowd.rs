//! Many users at once, none of whom may ever be taken for another.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use b2c_emulator::{EmulatorBuilder, User};
use http::{Method, Request, StatusCode, header};
use libtest_mimic::Failed;
use tower::ServiceExt as _;

use crate::instances::STRANGER;
use crate::server::TOLD_WITHIN;
use crate::support::World;

/// Signed-in users.
pub struct Crowd(Vec<Member>);

/// One of them: what the browser sends, and how the app greets.
#[derive(Clone)]
pub struct Member {
    cookie: String,
    greeting: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub body: String,
    pub retry_after: Option<String>,
    pub took: Duration,
}

impl Crowd {
    /// For the emulator: everybody who can sign in.
    pub fn users(builder: EmulatorBuilder) -> EmulatorBuilder {
        (0..SIZE).fold(builder, |builder, number| {
            let user = User::new(address(number), PASSWORD);
            builder.user(user.display_name(name(number)))
        })
    }

    /// Everybody signs in at the first instance.
    pub async fn signs_in(world: &World) -> Result<Self, Failed> {
        let mut members = Vec::new();
        for number in 0..SIZE {
            members.push(Member::signs_in_at_last(world, number).await?);
        }
        Ok(Self(members))
    }

    /// Both instances know everybody but one, who is new to the second, and hear of each other.
    pub async fn gathers(world: &World) -> Result<(Self, Member), Failed> {
        let crowd = Self::signs_in(world).await?;
        let newcomer = Member::signs_in_at_last(world, 0).await?;
        // Their listening begins with the first request that needs the store, and makes them ask once
        // more.
        crowd.is_known_at_last_to(&world.second).await?;
        is_heard(world, &Member::signs_in_at_last(world, 1).await?).await?;
        for app in [&world.app, &world.second] {
            crowd.is_known_at_last_to(app).await?;
        }
        Ok((crowd, newcomer))
    }

    /// A part of another.
    pub fn of<'m>(members: impl Iterator<Item = &'m Member>) -> Self {
        Self(members.cloned().collect())
    }

    pub fn members(&self) -> &[Member] {
        &self.0
    }

    /// What the instance answers everybody, asked at once.
    pub async fn asks(&self, app: &Router) -> Vec<Answer> {
        let asking = self.0.iter().map(|member| {
            let (member, app) = (member.clone(), app.clone());
            tokio::spawn(async move { member.asks(&app).await })
        });
        let asking: Vec<_> = asking.collect();
        let mut answers = Vec::new();
        for (answer, member) in asking.into_iter().zip(&self.0) {
            let answer = answer.await.expect("an answer");
            member.is_never_taken_for_another(&answer);
            answers.push(answer);
        }
        answers
    }

    /// Everybody is signed in as themselves sooner or later: a store may be slow to begin with.
    async fn is_known_at_last_to(&self, app: &Router) -> Result<(), Failed> {
        eventually("everybody is known", async || {
            let answers = self.asks(app).await;
            let mut greeted = answers.iter().zip(&self.0);
            Ok(greeted.all(|(answer, member)| answer.body == member.greeting))
        })
        .await
    }

    /// Everybody is signed in as themselves.
    pub async fn is_known_to(&self, app: &Router) {
        for (answer, member) in self.asks(app).await.iter().zip(&self.0) {
            assert_eq!(answer.body, member.greeting, "{}", answer.status);
        }
    }
}

impl Member {
    /// As often as it takes, with an error page each time that it does not work.
    pub async fn signs_in_at_last(world: &World, number: usize) -> Result<Self, Failed> {
        let mut signed_in = None;
        eventually("a sign-in works", async || {
            signed_in = match Self::tries_to_sign_in(world, number).await {
                Ok(member) => Some(member),
                Err(page) if page.contains("503") => None,
                Err(page) => return Err(page.into()),
            };
            Ok(signed_in.is_some())
        })
        .await?;
        signed_in.ok_or_else(|| "nobody signed in".into())
    }

    async fn tries_to_sign_in(world: &World, number: usize) -> Result<Self, String> {
        let mut visitor = world.visitor();
        let page = visitor.opens("/private").await;
        let page = visitor.enters(&page, &address(number), PASSWORD).await;
        let ticket = visitor.cookies().get("b2c-session-5000");
        let ticket = ticket.ok_or_else(|| format!("{}: {}", page.status, page.body))?;
        Ok(Self {
            cookie: format!("b2c-session-5000={ticket}"),
            greeting: format!("Hello, {}", name(number)),
        })
    }

    pub async fn asks(&self, app: &Router) -> Answer {
        let answer = self.sends(app, Method::GET, "/").await;
        self.is_never_taken_for_another(&answer);
        answer
    }

    pub async fn is_known_to(&self, app: &Router) -> bool {
        self.asks(app).await.body == self.greeting
    }

    pub async fn is_a_stranger_to(&self, app: &Router) -> bool {
        self.asks(app).await.body == STRANGER
    }

    pub async fn signs_out(&self, app: &Router) -> Answer {
        self.sends(app, Method::POST, "/logout").await
    }

    async fn sends(&self, app: &Router, method: Method, path: &str) -> Answer {
        let started = Instant::now();
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::COOKIE, &self.cookie);
        let answer = app.clone().oneshot(request.body(Body::empty()).unwrap());
        let answer = answer.await.unwrap();
        let status = answer.status();
        let retry_after = answer.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.map(|value| value.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(answer.into_body(), 100_000).await;
        Answer {
            status,
            body: String::from_utf8_lossy(&body.unwrap()).into_owned(),
            retry_after,
            took: started.elapsed(),
        }
    }

    fn is_never_taken_for_another(&self, answer: &Answer) {
        let body = &answer.body;
        let own = *body == self.greeting || body == STRANGER;
        assert!(own || answer.status != StatusCode::OK, "{body}");
    }
}

impl Answer {
    /// The store was needed and away: told at once, and when to come back.
    pub fn is_a_refusal_in_time(&self) {
        assert_eq!(
            self.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            self.body
        );
        assert!(self.retry_after.is_some(), "no Retry-After");
        assert!(self.took < TOLD_WITHIN, "{:?}", self.took);
    }
}

/// What the first instance ends, the second has heard of.
pub async fn is_heard(world: &World, member: &Member) -> Result<(), Failed> {
    eventually("both know the member", async || {
        Ok(member.is_known_to(&world.app).await && member.is_known_to(&world.second).await)
    })
    .await?;
    member.signs_out(&world.app).await;
    eventually("a sign-out is heard of", async || {
        Ok(member.is_a_stranger_to(&world.second).await)
    })
    .await
}

/// Waits for what comes within seconds of a server's return.
pub async fn eventually(
    what: &str,
    mut holds: impl AsyncFnMut() -> Result<bool, Failed>,
) -> Result<(), Failed> {
    let started = Instant::now();
    while !holds().await? {
        if started.elapsed() > Duration::from_secs(90) {
            return Err(format!("not within 90 s: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn address(number: usize) -> String {
    format!("user{number}@crowd.example")
}

fn name(number: usize) -> String {
    format!("User {number}")
}

const SIZE: usize = 12;
const PASSWORD: &str = "Passw0rd!";
