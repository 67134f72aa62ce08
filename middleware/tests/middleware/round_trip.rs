//! From the app to a provider and back: every way of answering, and everything that can come between.

use std::time::Duration;

use http::{StatusCode, header};
use serde_json::json;
use tower_b2c::Config;

use crate::support::{Browser, SITE, Site, hash};

const QUERY: &str = "response_mode = \"query\"";
const FORM: &str = "response_mode = \"form_post\"";
const HYBRID: &str = "response_mode = \"form_post\"\nresponse_type = \"code id_token\"";
const TICKET: &str = "__Host-b2c-session";

fn is_transaction(name: &str) -> bool {
    name.starts_with("__Host-b2c-tx")
}

/// A site with a browser that is signed in as `user`.
async fn signed_in(more: &str, user: &str) -> (Site, Browser) {
    let site = Site::new(more).await;
    site.op.behaves(|op| user.clone_into(&mut op.user));
    let mut browser = site.browser();
    let page = browser.opens("/private").await;
    assert_eq!(page.body, format!("{user} -"));
    (site, browser)
}

/// What happens between leaving for the provider and coming back.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    AnotherTabSignsIn,
    TheBackButton,
    ARestoredTab,
    ARestart,
    TheNight,
    CookiesAreLost,
    StateIsWrong,
}

#[tokio::test]
async fn whatever_comes_between_ends_signed_in() {
    use Between::{
        ARestart, ARestoredTab, AnotherTabSignsIn, CookiesAreLost, Nothing, StateIsWrong,
        TheBackButton, TheNight,
    };
    let all = [
        Nothing,
        AnotherTabSignsIn,
        TheBackButton,
        ARestoredTab,
        ARestart,
        TheNight,
        CookiesAreLost,
        StateIsWrong,
    ];
    for mode in [QUERY, FORM, HYBRID] {
        for between in all {
            let site = Site::new(mode).await;
            let mut browser = site.browser();
            let mut answer = browser.goes_up_to_the_answer("/private?tab=1").await;
            assert_eq!(answer.form.is_some(), mode != QUERY, "{between:?}");
            let mut ends_at = "/private?tab=1";
            match between {
                Nothing => {}
                AnotherTabSignsIn => {
                    let page = browser.opens("/private?tab=2").await;
                    assert_eq!(page.url, format!("{SITE}/private?tab=2"));
                }
                // Once more from where the first time ended.
                TheBackButton => {
                    browser.delivers(&answer).await;
                    ends_at = "/";
                }
                // A browser that brings an old page back, with the cookies of then.
                ARestoredTab => {
                    let mut before = site.browser();
                    std::mem::swap(&mut browser, &mut before);
                    answer = browser.goes_up_to_the_answer("/private?tab=1").await;
                    let page = browser.delivers(&answer).await;
                    assert_eq!(page.status, StatusCode::OK);
                    browser.forgets_cookies(|name| name == TICKET);
                    ends_at = "/";
                }
                ARestart => browser.is_routed_to(&site.second),
                TheNight => {
                    site.clock.advance(Duration::from_secs(8 * 3600));
                    // The provider's tokens are of the morning, too.
                    site.op.behaves(|op| {
                        op.claims = Box::new(|_, claims| {
                            let later =
                                |value: &serde_json::Value| value.as_u64().unwrap() + 8 * 3600;
                            claims["iat"] = later(&claims["iat"]).into();
                            claims["exp"] = later(&claims["exp"]).into();
                        });
                    });
                    ends_at = "/";
                }
                CookiesAreLost => {
                    browser.forgets_cookies(|_| true);
                    ends_at = "/";
                }
                StateIsWrong => {
                    let parts = [Some(&mut answer.url), answer.form.as_mut()];
                    for part in parts.into_iter().flatten() {
                        *part = part.replace("state=", "state=x");
                    }
                    ends_at = "/";
                }
            }
            let page = browser.delivers(&answer).await;
            assert_eq!(
                page.status,
                StatusCode::OK,
                "{mode} {between:?} {}",
                page.body
            );
            assert_eq!(page.url, format!("{SITE}{ends_at}"), "{mode} {between:?}");
            let page = browser.opens("/private").await;
            assert_eq!(page.body, "ada -", "{mode} {between:?}");
        }
    }
}

#[tokio::test]
async fn only_transactions_that_come_back_by_form_cross_sites() {
    for (mode, same_site) in [(QUERY, "SameSite=Lax"), (FORM, "SameSite=None")] {
        let site = Site::new(mode).await;
        let mut browser = site.browser();
        let leaves = browser.asks("/private").await;
        let location = leaves.location().to_owned();
        assert!(
            location.contains(&mode.replace(['"', ' '], "")),
            "{location}"
        );
        for cookie in leaves.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let expected = if is_transaction(cookie) {
                same_site
            } else {
                "SameSite=Lax"
            };
            assert!(
                cookie.contains(expected) && cookie.contains("Secure"),
                "{cookie}"
            );
        }
        let answer = browser.goes_up_to_the_answer(&location).await;
        let back = browser.delivers_only(&answer).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        assert_eq!(back.headers[header::CACHE_CONTROL], "no-store");
        let set = back.headers.get_all(header::SET_COOKIE).iter();
        let set: Vec<_> = set.map(|cookie| cookie.to_str().unwrap()).collect();
        let ticket = set.iter().find(|cookie| cookie.starts_with(TICKET));
        assert!(ticket.unwrap().contains("SameSite=Lax"), "{set:?}");
    }
}

#[tokio::test]
async fn a_form_is_bounded_and_must_be_one() {
    let site = Site::new(FORM).await;
    let mut browser = site.browser();
    let page = browser.asks("/").await;
    let long = format!("state=s&code={}", "c".repeat(1 << 20));
    let asked = std::time::Instant::now();
    let refused = browser.posts(&page, "/getAToken", &long).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert!(refused.body.contains("That link does not work"));
    for form in ["", "code=c", "state=s&state=s&code=c", "%ff=%fe&state=%00"] {
        let refused = browser.posts(&page, "/getAToken", form).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{form}");
    }
    let request = http::Request::post("/getAToken")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "text/html")
        .body(axum::body::Body::from("{}"))
        .unwrap();
    let answer = tower::ServiceExt::oneshot(site.app.clone(), request).await;
    assert_eq!(answer.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);

    let site = Site::new(QUERY).await;
    let mut browser = site.browser();
    let page = browser.asks("/").await;
    let refused = browser.posts(&page, "/getAToken", "state=s&code=c").await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers[header::ALLOW], "GET, HEAD");
}

#[test]
fn form_post_over_http_is_for_a_provider_of_the_same_host() {
    let load = |base_url: &str, issuer: &str, more: &str| {
        let text = format!(
            "[app]\nbase_url = \"{base_url}\"\n[provider]\nkind = \"oidc\"\nissuer = \"{issuer}\"\n\
             client_id = \"c\"\nclient_secret = {{ env = \"S\" }}\n{more}"
        );
        let loaded = Config::from_text(text).environment([("S", "s")]).load();
        loaded.map(|_| ()).map_err(|error| error.to_string())
    };
    load("https://app.example", "https://op.example", FORM).unwrap();
    load("http://localhost:5000", "http://localhost:8400", FORM).unwrap();
    for issuer in [
        "https://op.example",
        "https://localhost",
        "http://127.0.0.1:8400",
    ] {
        let error = load("http://localhost:5000", issuer, FORM).unwrap_err();
        assert!(
            error.contains("provider.response_mode: found \"form_post\""),
            "{error}"
        );
    }
    let hybrid = "response_type = \"code id_token\"";
    let error = load("https://app.example", "https://op.example", hybrid).unwrap_err();
    assert!(error.contains("provider.response_type"), "{error}");
    for (more, key) in [
        ("response_mode = \"fragment\"", "response_mode"),
        ("response_type = \"id_token\"", "response_type"),
        ("pushed_authorization = \"yes\"", "pushed_authorization"),
        ("userinfo = \"yes\"", "userinfo"),
    ] {
        let error = load("https://app.example", "https://op.example", more).unwrap_err();
        assert!(
            error.contains(&format!("provider.{key}: found ")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_front_channels_id_token_is_checked_like_the_other_and_by_its_hashes() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(&str, Change); 7] = [
        ("nonce", |claims| claims["nonce"] = "another".into()),
        ("aud", |claims| claims["aud"] = "another".into()),
        ("iss", |claims| {
            claims["iss"] = "https://evil.example".into();
        }),
        ("c_hash", |claims| {
            claims["c_hash"] = hash("another code").into();
        }),
        ("no c_hash", |claims| {
            claims.as_object_mut().unwrap().remove("c_hash");
        }),
        ("exp", |claims| claims["exp"] = 1.into()),
        ("sub", |claims| claims["sub"] = "somebody else".into()),
    ];
    for (name, change) in cases {
        let site = Site::new(HYBRID).await;
        site.op.behaves(|op| {
            op.claims = Box::new(move |front, claims| {
                if front {
                    change(claims);
                }
            });
        });
        let mut browser = site.browser();
        let page = browser.opens("/private").await;
        assert_eq!(
            page.status,
            StatusCode::BAD_GATEWAY,
            "{name}: {}",
            page.body
        );
        assert_eq!(browser.cookie(TICKET), None, "{name}");
        let redeemed = site.op.seen("/token").len();
        assert_eq!(redeemed, usize::from(name == "sub"), "{name}");
    }

    let site = Site::new(HYBRID).await;
    site.op
        .behaves(|op| op.response = Box::new(|answer| drop(answer.remove("id_token"))));
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "without an ID token");
    assert!(site.op.seen("/token").is_empty());
}

#[tokio::test]
async fn an_access_tokens_hash_must_fit_where_it_is() {
    for (value, status) in [
        (hash("opaque"), StatusCode::OK),
        (hash("another"), StatusCode::BAD_GATEWAY),
    ] {
        let site = Site::new(QUERY).await;
        site.op.behaves(|op| {
            op.claims = Box::new(move |_, claims| claims["at_hash"] = value.as_str().into());
        });
        assert_eq!(site.browser().opens("/private").await.status, status);
    }
}

#[tokio::test]
async fn an_answer_names_its_issuer_where_promised_and_rightly_wherever_it_does() {
    for mode in [QUERY, FORM, HYBRID] {
        for promised in [false, true] {
            let right = StatusCode::OK;
            let wrong = StatusCode::BAD_REQUEST;
            // RFC 9207 §4: an ID token in the answer names the issuer as well.
            let missing = if promised && mode != HYBRID {
                wrong
            } else {
                right
            };
            let cases = [
                (None, missing),
                (Some("the issuer"), right),
                (Some("https://evil.example"), wrong),
                (Some(""), missing),
            ];
            for (iss, status) in cases {
                let site = Site::new(mode).await;
                let named = match iss {
                    Some("the issuer") => Some(site.op.issuer.clone()),
                    other => other.map(str::to_owned),
                };
                site.op.behaves(|op| {
                    op.metadata =
                        json!({ "authorization_response_iss_parameter_supported": promised });
                    op.response = Box::new(move |answer| {
                        answer.extend(named.clone().map(|iss| ("iss".to_owned(), iss)));
                    });
                });
                let page = site.browser().opens("/private").await;
                assert_eq!(page.status, status, "{mode} promised {promised}: {iss:?}");
                let redeemed = site.op.seen("/token").len();
                assert_eq!(redeemed, usize::from(status == right));
            }
        }
    }
}

#[tokio::test]
async fn an_id_token_stands_in_for_the_issuer_only_where_it_is_verified() {
    let promise = json!({ "authorization_response_iss_parameter_supported": true });
    for mode in [QUERY, FORM] {
        let site = Site::new(mode).await;
        site.op.behaves(|op| {
            op.metadata = promise.clone();
            op.response =
                Box::new(|answer| drop(answer.insert("id_token".to_owned(), "x".to_owned())));
        });
        let page = site.browser().opens("/private").await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{mode}");
        assert!(site.op.seen("/token").is_empty(), "{mode}");
    }
    let site = Site::new(HYBRID).await;
    site.op.behaves(|op| {
        op.metadata = promise.clone();
        op.response = Box::new(|answer| drop(answer.remove("id_token")));
    });
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_error_names_its_issuer_too() {
    for (iss, status) in [
        (None, StatusCode::BAD_REQUEST),
        (Some("https://evil.example"), StatusCode::BAD_REQUEST),
        (Some("the issuer"), StatusCode::UNAUTHORIZED),
    ] {
        let site = Site::new(QUERY).await;
        let named = match iss {
            Some("the issuer") => Some(site.op.issuer.clone()),
            other => other.map(str::to_owned),
        };
        site.op.behaves(|op| {
            op.metadata = json!({ "authorization_response_iss_parameter_supported": true });
            op.response = Box::new(move |answer| {
                answer.remove("code");
                answer.insert("error".to_owned(), "access_denied".to_owned());
                answer.extend(named.clone().map(|iss| ("iss".to_owned(), iss)));
            });
        });
        // Cancelled, if it is believed; and the page is for signed-in users only.
        let page = site.browser().opens("/private").await;
        assert_eq!(page.status, status, "{iss:?} {}", page.body);
    }
}

#[tokio::test]
async fn a_sign_in_does_not_hand_a_session_over_to_another_user() {
    for mode in [QUERY, FORM] {
        // Begun as Ada, finished as Bob, while Ada is still there.
        let (site, mut browser) = signed_in(mode, "ada").await;
        let ticket = browser.cookie(TICKET).unwrap().to_owned();
        site.op.behaves(|op| "bob".clone_into(&mut op.user));
        let answer = browser.goes_up_to_the_answer("/step-up").await;
        let page = browser.delivers(&answer).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{mode} {}", page.body);
        assert!(page.body.contains("came back as somebody else"));
        assert_eq!(browser.cookie(TICKET), Some(&*ticket));
        assert_eq!(browser.opens("/private").await.body, "ada -");

        // Begun as Ada, who is gone by the time that Bob comes back.
        let answer = browser.goes_up_to_the_answer("/step-up").await;
        let page = browser.asks("/").await;
        browser.posts(&page, "/logout", "").await;
        let page = browser.delivers(&answer).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{mode}");
        assert_eq!(browser.cookie(TICKET), None);
        // From the start, nothing is in Bob's way.
        assert_eq!(browser.opens("/private").await.body, "bob -");
    }
}

#[tokio::test]
async fn the_same_user_may_sign_in_again() {
    for mode in [QUERY, FORM] {
        let (_site, mut browser) = signed_in(mode, "ada").await;
        let ticket = browser.cookie(TICKET).unwrap().to_owned();
        let answer = browser.goes_up_to_the_answer("/step-up").await;
        browser.delivers_only(&answer).await;
        let renewed = browser.cookie(TICKET).unwrap().to_owned();
        assert_ne!(ticket, renewed, "{mode}");
        assert_eq!(browser.opens("/private").await.body, "ada -");
    }
}

#[tokio::test]
async fn a_tab_of_one_user_does_not_overrule_another_who_signed_in_since() {
    let (site, mut browser) = signed_in(QUERY, "ada").await;
    let late = browser.goes_up_to_the_answer("/step-up").await;
    let page = browser.asks("/").await;
    browser.posts(&page, "/logout", "").await;
    site.op.behaves(|op| "bob".clone_into(&mut op.user));
    assert_eq!(browser.opens("/private").await.body, "bob -");
    site.op.behaves(|op| "ada".clone_into(&mut op.user));
    let page = browser.delivers(&late).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert_eq!(browser.opens("/private").await.body, "bob -");
}

#[tokio::test]
async fn what_nobody_began_is_for_whoever_finishes_it() {
    for mode in [QUERY, FORM] {
        let site = Site::new(mode).await;
        let mut browser = site.browser();
        let late = browser.goes_up_to_the_answer("/private").await;
        assert_eq!(browser.opens("/private").await.body, "ada -");
        site.op.behaves(|op| "bob".clone_into(&mut op.user));
        assert_eq!(browser.delivers(&late).await.body, "bob -", "{mode}");
    }
}
