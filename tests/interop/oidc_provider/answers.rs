//! How the provider is asked, and how it answers.

use e2e::Person;
use libtest_mimic::Failed;
use serde_json::json;
use url::Url;

use super::{
    bench::{BY_SECRET, Bench, Setting},
    seen::{expect, parameter, sent},
};

pub(super) async fn pkce() -> Result<(), Failed> {
    // The provider refuses whoever sends no challenge, and tokens to whoever sends no verifier.
    let bench = Bench::new(&Setting {
        provider: format!("{BY_SECRET}\n{NOT_PUSHED}"),
        configuration: json!({ "pkce": { "required": true } }),
        ..Setting::default()
    })
    .await?;
    let (person, page) = bench.signed_in().await?;
    expect(&page.body, "ada -")?;
    let asked = sent(&person, "/auth?")?;
    expect(&parameter(&asked, "code_challenge_method")?, "S256")
}

pub(super) async fn form_post() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: format!("{BY_SECRET}\n{NOT_PUSHED}\nresponse_mode = \"form_post\""),
        ..Setting::default()
    })
    .await?;
    let (person, _) = bench.signed_in().await?;
    let asked = sent(&person, "/auth?")?;
    expect(&parameter(&asked, "response_mode")?, "form_post")?;
    let answer = sent(&person, "/getAToken")?;
    expect(answer.query().unwrap_or_default(), "")
}

pub(super) async fn hybrid() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: format!(
            "{BY_SECRET}\nresponse_mode = \"form_post\"\nresponse_type = \"code id_token\""
        ),
        // A web application with ID tokens from the front channel must not be on localhost there.
        client: json!({
            "application_type": "native",
            "grant_types": ["authorization_code", "implicit"],
            "response_types": ["code id_token"],
        }),
        ..Setting::default()
    })
    .await?;
    bench.signed_in().await.map(drop)
}

pub(super) async fn algorithms() -> Result<(), Failed> {
    for algorithm in ["PS256", "ES256", "EdDSA"] {
        let setting = Setting {
            provider: format!("{BY_SECRET}\nsigning_algorithms = [\"{algorithm}\"]"),
            client: json!({ "id_token_signed_response_alg": algorithm }),
            ..Setting::default()
        };
        let outcome = Bench::new(&setting).await?.signed_in().await;
        outcome.map_err(|error| format!("{algorithm}: {}", error.message().unwrap_or_default()))?;
    }
    Ok(())
}

pub(super) async fn userinfo() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: format!("{BY_SECRET}\nuserinfo = true"),
        ..Setting::default()
    })
    .await?;
    let (_, page) = bench.signed_in().await?;
    expect(&page.body, "ada ada@op.example")?;
    bench.server.tells("userinfo 200", 1)
}

pub(super) async fn pushed() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: format!("{BY_SECRET}\npushed_authorization = \"required\""),
        client: json!({ "require_pushed_authorization_requests": true }),
        configuration: json!({
            "features": {
                "pushedAuthorizationRequests": {
                    "enabled": true,
                    "requirePushedAuthorizationRequests": true,
                },
            },
        }),
    })
    .await?;
    let (person, _) = bench.signed_in().await?;
    bench.server.tells("pushed_authorization_request 201", 1)?;
    let asked = sent(&person, "/auth?")?;
    let names: Vec<_> = asked.query_pairs().map(|(name, _)| name).collect();
    expect(&names.join(" "), "client_id request_uri")
}

pub(super) async fn iss() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: BY_SECRET.to_owned(),
        ..Setting::default()
    })
    .await?;
    let (person, _) = bench.signed_in().await?;
    let answer = sent(&person, "/getAToken?")?;
    expect(&parameter(&answer, "iss")?, bench.server.issuer())?;

    // The metadata promises it, so an answer without it, or with another's, is not the provider's.
    for other in [None, Some("https://attacker.example")] {
        let mut person = Person::new(&bench.app)?;
        person.holds_back("/getAToken?");
        let held = bench.signs_in(&mut person).await?;
        let mut answer = Url::parse(&held.url)?;
        let pairs: Vec<_> = answer.query_pairs().into_owned().collect();
        let kept = pairs.iter().filter(|(name, _)| name != "iss");
        answer.query_pairs_mut().clear().extend_pairs(kept);
        if let Some(other) = other {
            answer.query_pairs_mut().append_pair("iss", other);
        }
        person.holds_nothing_back();
        let page = person.opens(answer.as_str()).await?;
        if page.status < 400 || person.is_signed_in().await? {
            return Err(format!("{} at {} with iss {other:?}", page.status, page.url).into());
        }
    }
    // Neither code was redeemed.
    bench.server.tells("token 200", 1)
}

/// Shows the request in the browser's address.
const NOT_PUSHED: &str = "pushed_authorization = \"never\"";
