//! Pages in the language that `ui_locales` asks for.

use crate::support::Bench;

#[tokio::test]
async fn pages_speak_five_languages() {
    let mut bench = Bench::new().await;
    for (locales, lang, heading) in [
        ("en-GB", "en", "Sign in"),
        ("de-AT", "de", "Anmelden"),
        ("nl es", "es", "Iniciar sesión"),
        ("fr", "fr", "Se connecter"),
        ("ja-JP", "ja", "サインイン"),
        ("nl", "en", "Sign in"),
    ] {
        let page = bench.open(&bench.ask().with("ui_locales", locales)).await;
        assert!(
            page.body.contains(&format!("<html lang=\"{lang}\">")),
            "{locales}"
        );
        assert!(
            page.body.contains(&format!("<h1>{heading}</h1>")),
            "{locales}"
        );
    }
}

#[tokio::test]
async fn problems_and_later_pages_stay_in_the_language() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask().with("ui_locales", "de")).await;
    let fields = [("signInName", "nobody@x.example"), ("password", "x")];
    let wrong = bench.visitor.submit(&page, &fields).await;
    assert_eq!(
        wrong.text_of("error").unwrap(),
        "Ihr Konto wurde nicht gefunden."
    );
    let sign_up = bench.visitor.click(&wrong, "createAccount").await;
    assert!(sign_up.body.contains("<h1>Registrieren</h1>"));
    assert!(sign_up.body.contains("Prüfcode senden"));
}

#[tokio::test]
async fn what_is_no_language_is_refused() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask().with("ui_locales", "de_DE")).await;
    assert_eq!(page.error_code(), "AADB2C90112");
}
