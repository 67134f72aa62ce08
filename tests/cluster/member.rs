//! Somebody with an account, and one session.

use std::time::{Duration, Instant};

use e2e::{Page, Person};
use libtest_mimic::Failed;
use reqwest::{Client, Method, header};

/// A person whom the app knows by this name.
pub struct Member {
    pub person: Person,
    pub name: String,
    sign_in_name: String,
    app: String,
}

impl Member {
    /// The `number`th of the [`seed`].
    pub fn new(http: &Client, app: &str, number: usize) -> Self {
        Self {
            person: Person::sharing(http, app),
            name: name(number),
            sign_in_name: sign_in_name(number),
            app: app.to_owned(),
        }
    }

    /// Signs in at the provider, and stops where it sends the browser back to.
    pub async fn comes_back(&mut self) -> Result<String, Failed> {
        let page = self.person.opens("/login").await?;
        let values = [
            ("signInName", self.sign_in_name.as_str()),
            ("password", PASSWORD),
        ];
        self.person.holds_back("/getAToken");
        let page = self.person.submits(&page, "signInName", &values).await?;
        self.person.holds_nothing_back();
        Ok(page.url)
    }

    /// Signs in; returns which instances answered, from the first request to the page.
    pub async fn signs_in(&mut self) -> Result<Vec<String>, Failed> {
        self.person.answers.clear();
        let callback = self.comes_back().await?;
        let page = self.person.opens(&callback).await?;
        self.recognizes(&page)?;
        Ok(self.answered())
    }

    /// Takes another name at the provider, and measures how long after that each instance still
    /// shows the old one.
    pub async fn edits_profile(
        &mut self,
        http: &Client,
        instances: &[String],
    ) -> Result<Lag, Failed> {
        let old = self.name.clone();
        let page = self.person.opens("/edit-profile").await?;
        self.name = format!("{old} the Second");
        let values = [("displayName", self.name.as_str())];
        let page = self.person.submits(&page, "displayName", &values).await?;
        let answered = Instant::now();
        if page.url != format!("{}/", self.app) || page.status != 200 {
            return Err(format!("{old}'s edit ends at {}: {}", page.url, page.status).into());
        }
        let greeting = format!("Hello, {}<", self.name);
        let cookies = self.person.cookies_for(&self.app)?;
        self.watches(http, instances, &cookies, answered, |body| {
            body.contains(&greeting)
        })
        .await
    }

    /// Has the app call its API, which says whom the token is of.
    pub async fn calls_api(&mut self) -> Result<(), Failed> {
        let page = self.person.opens("/api").await?;
        if page.status != 200 || !page.body.contains("badge good") {
            return Err(format!("the API refuses {}: {}", self.name, page.body).into());
        }
        self.recognizes_name(&page.body)
    }

    /// Signs out and measures how long after the answer each instance still knows the old ticket.
    pub async fn signs_out(&mut self, http: &Client, instances: &[String]) -> Result<Lag, Failed> {
        let cookies = self.person.cookies_for(&self.app)?;
        let answer = self.person.asks(Method::POST, "/logout").await?;
        let answered = Instant::now();
        if !answer.status().is_redirection() {
            return Err(format!("{}'s sign-out: {}", self.name, answer.status()).into());
        }
        self.watches(http, instances, &cookies, answered, |body| {
            !body.contains("Hello, ")
        })
        .await
    }

    /// Asks each instance until it knows of what was answered then.
    async fn watches(
        &self,
        http: &Client,
        instances: &[String],
        cookies: &str,
        answered: Instant,
        knows: impl Fn(&str) -> bool,
    ) -> Result<Lag, Failed> {
        let mut lag = Lag::default();
        for instance in instances {
            loop {
                let asked = answered.elapsed();
                let body = ask(http, instance, cookies).await?;
                self.recognizes_name(&body)?;
                if knows(&body) {
                    lag.known = lag.known.max(answered.elapsed());
                    break;
                }
                lag.unknown = lag.unknown.max(Some(asked));
                if asked > Duration::from_secs(5) {
                    return Err(format!("{instance} does not hear of others' writes").into());
                }
            }
        }
        Ok(lag)
    }

    /// Every instance knows this member by name.
    pub async fn is_known_to(&self, http: &Client, instances: &[String]) -> Result<(), Failed> {
        let cookies = self.person.cookies_for(&self.app)?;
        for instance in instances {
            let body = ask(http, instance, &cookies).await?;
            if !body.contains(&format!("Hello, {}<", self.name)) {
                return Err(format!("{instance} does not know {}: {body}", self.name).into());
            }
        }
        Ok(())
    }

    /// The page greets this member, and nobody else.
    pub fn recognizes(&self, page: &Page) -> Result<(), Failed> {
        if page.status != 200 || !page.body.contains(&format!("Hello, {}<", self.name)) {
            let (url, status, body) = (&page.url, page.status, &page.body);
            return Err(format!("{} is not greeted at {url}: {status}\n{body}", self.name).into());
        }
        self.recognizes_name(&page.body)
    }

    /// Whatever the page says, it names no other member.
    pub fn recognizes_name(&self, body: &str) -> Result<(), Failed> {
        let own = self.name.split(' ').nth(1).unwrap_or_default();
        for named in body.split("Member ").skip(1) {
            if !named.starts_with(own) {
                return Err(format!("{} sees somebody else: {body}", self.name).into());
            }
        }
        Ok(())
    }

    fn answered(&self) -> Vec<String> {
        let app = self.person.answers.iter();
        let app = app.filter(|answer| answer.url.starts_with(&self.app));
        let names = app.filter_map(|answer| answer.headers.get("x-instance")?.to_str().ok());
        names.map(str::to_owned).collect()
    }
}

/// How long after an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lag {
    /// The last instance had shown that it knows of it.
    pub known: Duration,
    /// The last request was sent that an instance answered without knowing, if there was one.
    pub unknown: Option<Duration>,
}

/// What an instance shows at `/` to whoever has these cookies.
pub async fn ask(http: &Client, instance: &str, cookies: &str) -> Result<String, Failed> {
    let request = http.get(instance).header(header::COOKIE, cookies);
    let answer = request.send().await?;
    if !answer.status().is_success() {
        return Err(format!("{instance}: {}", answer.status()).into());
    }
    Ok(answer.text().await?)
}

/// Connections for any number of members.
pub fn client() -> Result<Client, Failed> {
    Ok(Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()?)
}

/// A seed for the emulator, of so many members.
pub fn seed(members: usize) -> String {
    let users = (0..members).map(|number| {
        format!(
            "[[users]]\nsign_in_name = \"{}\"\npassword = \"{PASSWORD}\"\n\
             display_name = \"{}\"\ngiven_name = \"Member\"\nsurname = \"of a crowd\"\n\
             city = \"Everywhere\"\ncountry = \"Nowhere\"\n",
            sign_in_name(number),
            name(number),
        )
    });
    users.collect()
}

fn name(number: usize) -> String {
    format!("Member {number:04}")
}

fn sign_in_name(number: usize) -> String {
    format!("member-{number:04}@emulator.example")
}

const PASSWORD: &str = "Passw0rd!";
