//! What people do with this app, offline: the identity provider is the embedded emulator.

mod support;

use support::Site;

#[tokio::test]
async fn the_home_page_is_for_everyone() {
    let site = Site::start().await;
    let home = site.visitor().get("/").await;

    assert_eq!(home.status, 200);
    home.shows("href=\"/login\"");
    let policy = home.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains(site.provider()), "{policy}");
}

#[tokio::test]
async fn a_protected_page_comes_back_after_the_sign_in_with_its_query() {
    let site = Site::start().await;
    let mut visitor = site.visitor();

    let form = visitor.get("/profile?tab=claims&q=a%20b").await;
    assert!(form.url.starts_with(site.provider()), "{}", form.url);
    let profile = visitor.signs_in(form, &site.user()).await;

    assert_eq!(profile.status, 200);
    assert_eq!(profile.url, site.url("/profile?tab=claims&q=a%20b"));
    profile.shows(site.user().display_name());
    profile.shows("B2C_1_signupsignin1");
}

#[tokio::test]
async fn a_wrong_password_stays_with_the_identity_provider() {
    let site = Site::start().await;
    let mut visitor = site.visitor();

    let form = visitor.get("/login").await;
    let name = site.user().sign_in_name().to_owned();
    let again = visitor
        .submits(form, &[("signInName", &name), ("password", "wrong")])
        .await;

    assert!(again.url.starts_with(site.provider()), "{}", again.url);
    visitor.get("/").await.shows("href=\"/login\"");
}

#[tokio::test]
async fn a_changed_name_is_on_the_page_at_once() {
    let site = Site::start().await;
    let mut visitor = site.visitor();
    let form = visitor.get("/login").await;
    visitor.signs_in(form, &site.user()).await;

    let form = visitor.get("/edit-profile").await;
    visitor
        .submits(form, &[("displayName", "Countess of < Lovelace")])
        .await;

    let home = visitor.get("/").await;
    home.shows("Hello, Countess of &lt; Lovelace");
}

#[tokio::test]
async fn the_web_api_answers_for_the_user() {
    let site = Site::start().await;
    let mut visitor = site.visitor();
    let form = visitor.get("/api").await;
    let answer = visitor.signs_in(form, &site.user()).await;

    answer.shows("200 OK");
    answer.shows("demo.read");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let site = Site::start().await;
    let mut visitor = site.visitor();
    let form = visitor.get("/login").await;
    let home = visitor.signs_in(form, &site.user()).await;
    home.shows("Sign out");

    let home = visitor.submits(home, &[]).await;
    assert_eq!(home.url, site.url("/"));
    home.shows("href=\"/login\"");
    assert!(
        visitor
            .get("/profile")
            .await
            .url
            .starts_with(site.provider())
    );
}

#[tokio::test]
async fn an_unknown_address_gets_a_page() {
    let site = Site::start().await;
    let page = site.visitor().get("/nowhere").await;

    assert_eq!(page.status, 404);
    page.shows("There is no such page");
}

#[tokio::test]
async fn without_the_identity_provider_a_page_says_so() {
    let site = Site::start().await;
    site.loses_its_provider();
    let mut visitor = site.visitor();
    let form = visitor.get("/login").await;
    let page = visitor.signs_in(form, &site.user()).await;

    assert_eq!(page.status, 503);
    page.shows("Try again");
    assert!(
        page.header("content-security-policy")
            .contains("style-src 'self'")
    );
}
