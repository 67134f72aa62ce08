//! What a client's configuration must have.

use tower_b2c::Config;

fn problems(text: &str) -> Vec<String> {
    let file = Config::from_text(text).environment([("SECRET", "secret")]);
    let Err(error) = file.load_client() else {
        return Vec::new();
    };
    error.problems().iter().map(ToString::to_string).collect()
}

const CLIENT: &str = "[provider]\nkind = \"entra\"\ntenant = \"contoso\"\n\
                      client_id = \"22223333-cccc-4444-dddd-5555eeee6666\"\n";

#[test]
fn a_client_needs_a_registration_and_no_app() {
    let with_secret = format!("{CLIENT}client_secret = {{ env = \"SECRET\" }}\n");
    assert_eq!(problems(&with_secret), [""; 0]);
    // The same file serves the web app and the API beside it.
    let more = "[app]\nbase_url = \"https://app.example\"\n[api]\naudiences = [\"x\"]\n";
    assert_eq!(problems(&format!("{more}{with_secret}")), [""; 0]);
    let missing = problems(CLIENT);
    assert!(
        missing.len() == 1 && missing[0].contains("provider.client_secret"),
        "{missing:?}"
    );
    let unknown = format!(
        "{with_secret}[[downstream]]\nname = \"a\"\nbase_url = \"https://a.example\"\nscopes = [\"a\"]\nprovider = \"b\""
    );
    let unknown = problems(&unknown);
    assert!(
        unknown.len() == 1 && unknown[0].contains("downstream.provider"),
        "{unknown:?}"
    );
}

#[test]
fn a_workload_identity_is_a_file_and_nothing_beside_it() {
    let method = "client_authentication = \"workload_identity\"\n";
    let token = "client_assertion = { env = \"SECRET\" }\n";
    assert_eq!(problems(&format!("{CLIENT}{method}{token}")), [""; 0]);
    for (lines, key) in [
        (method.to_owned(), "provider.client_assertion"),
        (
            format!("{method}{token}client_secret = {{ env = \"SECRET\" }}\n"),
            "provider.client_secret",
        ),
        (
            format!("{token}client_secret = {{ env = \"SECRET\" }}\n"),
            "provider.client_assertion",
        ),
    ] {
        let found = problems(&format!("{CLIENT}{lines}"));
        assert!(found.len() == 1 && found[0].contains(key), "{found:?}");
    }
    let b2c = CLIENT.replace("entra", "b2c");
    let found = problems(&format!(
        "{b2c}user_flows = {{ sign_up_sign_in = \"B2C_1_susi\" }}\n{method}{token}"
    ));
    assert!(
        found.len() == 1 && found[0].contains("B2C takes no assertions"),
        "{found:?}"
    );
}
