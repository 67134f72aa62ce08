//! Pages in the language that `ui_locales` asks for.

use reqwest::Method;

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
async fn the_emulators_own_pages_speak_them_too() {
    let mut bench = Bench::new().await;
    let nobody = bench.ask().with("client_id", "nobody");
    for (lang, users, errors, trouble) in [
        (
            "en",
            "Users",
            "Errors",
            "Sorry, but we&#39;re having trouble signing you in.",
        ),
        (
            "de",
            "Benutzer",
            "Fehler",
            "Leider können wir Sie nicht anmelden.",
        ),
        (
            "es",
            "Usuarios",
            "Errores",
            "Lo sentimos, no podemos iniciar su sesión.",
        ),
        (
            "fr",
            "Utilisateurs",
            "Erreurs",
            "Désolé, nous ne parvenons pas à vous connecter.",
        ),
        (
            "ja",
            "ユーザー",
            "エラー",
            "申し訳ありません。サインイン中に問題が発生しました。",
        ),
    ] {
        let heading = format!("<h1>{errors}</h1>");
        let section = format!("<h2 id=\"users\">{users}</h2>");
        let sorry = format!("<h1>{trouble}</h1>");
        let html = format!("<html lang=\"{lang}\">");
        for (path, text) in [
            ("/".to_owned(), &section),
            ("/emulator/errors".to_owned(), &heading),
            (nobody.path(), &sorry),
        ] {
            let accept = [("accept-language", lang)];
            let visitor = &mut bench.visitor;
            let liked = visitor
                .request(Method::GET, &path, &accept, Vec::new())
                .await;
            let separator = if path.contains('?') { '&' } else { '?' };
            let asked = visitor
                .get(&format!("{path}{separator}ui_locales={lang}"))
                .await;
            for page in [liked, asked] {
                assert!(page.body.contains(&html), "{path} {lang}: {}", page.body);
                assert!(page.body.contains(text), "{path} {lang}: {}", page.body);
            }
        }
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
